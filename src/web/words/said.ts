/** What the public pages say, to be said in every language. */
export interface Words {
  /** The language's own name. */
  readonly self: string
  readonly direction: 'ltr' | 'rtl'
  readonly unsubscribe: string
  /** The organisation's name is filled in for %. */
  readonly ask: string
  readonly button: string
  readonly done: string
  readonly doneMore: string
  readonly notUnderstood: string
  readonly notUnderstoodMore: string
  readonly noPage: string
  readonly noPageMore: string
  readonly fault: string
  readonly faultMore: string
  readonly corrected: string
  readonly correctedMore: string
  readonly preferencesLink: string
  readonly join: string
  readonly joinMore: string
  readonly address: string
  readonly name: string
  readonly language: string
  readonly joinButton: string
  readonly asked: string
  readonly askedMore: string
  readonly notAnAddress: string
  readonly tooMany: string
  readonly tooManyMore: string
  readonly confirm: string
  readonly confirmAsk: string
  readonly confirmAddress: string
  readonly confirmButton: string
  readonly confirmed: string
  readonly confirmedMore: string
  readonly moved: string
  readonly movedMore: string
  readonly gone: string
  readonly goneMore: string
  readonly preferences: string
  readonly aboutYou: string
  readonly save: string
  readonly saved: string
  readonly receiving: string
  readonly pausedUntil: string
  readonly left: string
  readonly pause: string
  readonly months: readonly [string, string, string]
  readonly pauseButton: string
  readonly leaveButton: string
  readonly backButton: string
  readonly newAddress: string
  readonly newAddressMore: string
  readonly changeButton: string
  readonly data: string
  readonly dataMore: string
  readonly erase: string
  readonly eraseMore: string
  readonly eraseSure: string
  readonly eraseButton: string
  readonly erased: string
  readonly erasedMore: string
}
