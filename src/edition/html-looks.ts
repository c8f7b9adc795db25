/**
 * What an element's attributes say of its looks: hidden, a button, words dressed as a link. Style sheets are not read:
 * mail clients drop them, so what matters in mail stands in the attributes.
 */
type Attributes = Readonly<Record<string, string>>

const HIDDEN = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?![.\d]))/i
const CLIPPED = /(?:^|[;\s])max-height\s*:\s*0/i

/** Preheaders and variants for other screens. `font-size:0` hides nothing: MJML sets it on every wrapper. */
export function hiddenStyle(attributes: Attributes): boolean {
  const style = attributes.style
  if (attributes.hidden !== undefined) return true
  if (!style) return false
  return HIDDEN.test(style) || (CLIPPED.test(style) && /overflow\s*:\s*hidden/i.test(style))
}

const BUTTON = /(?:^|\s)(?:btn|button|cta)(?:-(?:primary|secondary|link|large|small))?(?:\s|$)/i

export const buttonClass = (attributes: Attributes): boolean =>
  attributes.role === 'button' || (attributes.class !== undefined && BUTTON.test(attributes.class))

/**
 * The dress that MJML and its like give to a button: a box with a background, padding, and `text-decoration:none`,
 * which nobody sets on words that were never a link.
 */
export function buttonStyle(name: string, attributes: Attributes): boolean {
  const style = attributes.style
  if (!style || (name !== 'p' && name !== 'span' && name !== 'div')) return false
  return (
    /text-decoration\s*:\s*none/i.test(style) &&
    /background(?:-color)?\s*:/i.test(style) &&
    /padding/i.test(style) &&
    /display\s*:\s*inline-block/i.test(style)
  )
}

/** A cell or box with a background and round corners: what is left of a button when the link inside it went. */
export function roundBox(name: string, attributes: Attributes): boolean {
  const style = attributes.style
  if (!style || (name !== 'td' && name !== 'th' && name !== 'div' && name !== 'span' && name !== 'p')) return false
  if (!/border-radius\s*:\s*[1-9.]/i.test(style)) return false
  return attributes.bgcolor !== undefined || /background(?:-color)?\s*:/i.test(style)
}

const BLUE = /(?:^|[;\s])color\s*:\s*(blue|#[0-9a-f]{3,6}|rgb\([\d\s,]{1,20}\))/i

/** Words that kept the looks of a link when the link around them went: blue and underlined, or Word's own class. */
export function blueUnderlined(name: string, attributes: Attributes): boolean {
  if (attributes.class === 'MsoHyperlink' || attributes.class === 'Hyperlink') return true
  const style = attributes.style
  if (!style || (name !== 'span' && name !== 'font' && name !== 'u')) return false
  if (name !== 'u' && !/text-decoration[-a-z]*\s*:\s*[a-z\s]{0,20}underline/i.test(style)) return false
  return isBlue(BLUE.exec(style)?.[1] ?? attributes.color ?? '')
}

function isBlue(colour: string): boolean {
  if (/^blue$/i.test(colour)) return true
  const hex = /^#([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(colour)?.[1]
  const long = hex?.length === 3 ? hex.replace(/./g, '$&$&') : hex
  const [red, green, blue] = long
    ? [0, 2, 4].map((at) => Number.parseInt(long.slice(at, at + 2), 16))
    : (colour.match(/\d{1,3}/g) ?? []).map(Number)
  return red !== undefined && green !== undefined && blue !== undefined && blue >= 150 && blue - red >= 80 && red < 110
}
