/** mjml 5 carries no types. What we use of it: always asynchronous, throws with `errors` where validation is strict. */
declare module 'mjml' {
  interface Options {
    validationLevel: 'strict' | 'soft' | 'skip'
    fonts: Record<string, string>
    ignoreIncludes: boolean
    keepComments: boolean
  }
  export default function mjml2html(source: string, options: Options): Promise<{ html: string; errors: unknown[] }>
}
