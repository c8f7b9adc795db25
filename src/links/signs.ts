/**
 * The signs by which a page tells that it is not what was linked to: data, one phrase a line; `plain` below makes
 * phrase and page alike (lower case, no accents, straight apostrophes). A phrase is here because servers and content systems
 * print it as it stands (nginx, Apache, IIS, WordPress, Drupal, SharePoint, and their translations), not because it
 * could be said.
 */

/** Titles and headings of a page that says it is not there; a title counts only when it says little else. */
export const NOT_FOUND_TITLES: readonly string[] = [
  // English
  'page not found',
  'not found',
  'file not found',
  'document not found',
  'content not found',
  'resource not found',
  'page cannot be found',
  'page can not be found',
  "page can't be found",
  'page could not be found',
  'page does not exist',
  "page doesn't exist",
  'page no longer exists',
  'page unavailable',
  'page not available',
  'nothing found',
  'no longer available',
  'page has been removed',
  "this page isn't available",
  "we can't find that page",
  "we can't find the page",
  'page missing',
  // French
  'page introuvable',
  'page non trouvee',
  'page inexistante',
  "page n'existe pas",
  "cette page n'existe pas",
  "page n'existe plus",
  'page demandee est introuvable',
  'document introuvable',
  'contenu introuvable',
  // Spanish
  'pagina no encontrada',
  'pagina no existe',
  'no se encontro la pagina',
  'no se ha encontrado la pagina',
  'no se encuentra la pagina',
  'contenido no encontrado',
  'documento no encontrado',
  // Russian
  'страница не найдена',
  'страница не существует',
  'страницы не существует',
  'страница удалена',
  'документ не найден',
  'ничего не найдено',
  // Arabic
  'الصفحة غير موجودة',
  'لم يتم العثور على الصفحة',
  'الصفحة المطلوبة غير موجودة',
  'الصفحة غير متوفرة',
  'تعذر العثور على الصفحة',
  'عذرا، الصفحة غير موجودة',
  // Chinese
  '页面不存在',
  '页面未找到',
  '找不到页面',
  '找不到网页',
  '找不到该页面',
  '您访问的页面不存在',
  '網頁不存在',
  '頁面不存在',
  '找不到頁面',
  '找不到網頁',
  // German, Portuguese, Italian, Japanese
  'seite nicht gefunden',
  'seite wurde nicht gefunden',
  'seite existiert nicht',
  'pagina nao encontrada',
  'pagina nao existe',
  'pagina non trovata',
  'ページが見つかりません',
].map(plain)

/** What a short page says in its text when it is not there: longer phrases, since running text says more by chance. */
export const NOT_FOUND_TEXTS: readonly string[] = [
  'page not found',
  'the page you requested',
  'the page you are looking for',
  "the page you're looking for",
  'page you were looking for',
  'page cannot be found',
  'page could not be found',
  'page no longer exists',
  'page does not exist',
  'document is no longer available',
  'content is no longer available',
  'page is no longer available',
  'file or directory not found',
  'requested url was not found',
  'la page que vous cherchez',
  'la page que vous recherchez',
  'la page demandee',
  "cette page n'existe pas",
  "cette page n'existe plus",
  'la pagina que busca',
  'la pagina que buscas',
  'la pagina que esta buscando',
  'la pagina solicitada',
  'pagina no encontrada',
  'запрашиваемая страница',
  'запрошенная страница',
  'страница не найдена',
  'страница, которую вы ищете',
  'الصفحة التي تبحث عنها',
  'الصفحة التي طلبتها',
  'الصفحة المطلوبة غير',
  '您访问的页面',
  '您要查找的页面',
  '您请求的页面',
  '页面不存在',
  '找不到页面',
  '您要找的頁面',
  'die gesuchte seite',
  'die angeforderte seite',
  'a pagina que procura',
].map(plain)

/** A domain that is for sale, in the words of the sellers. */
export const PARKED_TEXTS: readonly string[] = [
  'this domain is for sale',
  'domain is for sale',
  'this domain may be for sale',
  'domain name is for sale',
  'buy this domain',
  'purchase this domain',
  'get this domain',
  'the domain has expired',
  'this domain has expired',
  'domain expired',
  'this domain is parked',
  'domain is parked',
  'parked domain',
  'parked free, courtesy of',
  'ce domaine est a vendre',
  'ce nom de domaine est a vendre',
  'este dominio esta en venta',
  'dominio en venta',
  'diese domain steht zum verkauf',
  'домен продается',
  'этот домен продается',
  'النطاق للبيع',
  '域名出售',
  '此域名出售',
  'este dominio esta a venda',
].map(plain)

/** Where parked domains redirect to; a host counts with everything below it. */
export const PARKING_HOSTS: readonly string[] = [
  'sedo.com',
  'sedoparking.com',
  'bodis.com',
  'parkingcrew.net',
  'hugedomains.com',
  'dan.com',
  'afternic.com',
  'above.com',
  'domainmarket.com',
  'undeveloped.com',
  'forsale.godaddy.com',
  'expireddomains.com',
  'namebright.com',
]

/** Where organisations sign in; a host counts with everything below it. */
export const LOGIN_HOSTS: readonly string[] = [
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.live.com',
  'login.windows.net',
  'accounts.google.com',
  'login.yahoo.com',
  'auth0.com',
  'okta.com',
  'onelogin.com',
  'login.who.int',
  'login.zoom.us',
  'appleid.apple.com',
]

/** A path that is a way in: a whole segment, so /login-guide and /blog/signing-up are none. */
export const LOGIN_PATH =
  /\/(?:login|log-in|signin|sign-in|sign_in|logon|sso|saml2?|adfs|oauth2?|authorize|openid-connect|wp-login\.php|login\.aspx|_layouts\/15\/authenticate\.aspx|accessdenied\.aspx)(?:\/|\.\w{2,5}$|$)/i

/** Titles and headings of a page that asks who you are. */
export const LOGIN_TITLES: readonly string[] = [
  'sign in',
  'signin',
  'log in',
  'login',
  'logon',
  'log on',
  'connexion',
  'se connecter',
  'identification',
  'iniciar sesion',
  'inicia sesion',
  'acceder',
  'вход',
  'войти',
  'авторизация',
  'تسجيل الدخول',
  '登录',
  '登入',
  'anmelden',
  'anmeldung',
  'iniciar sessao',
].map(plain)

/** The root of a site or the file that stands for it; what stands before it may be a language, see landing.ts. */
export const HOME_PATH =
  /^\/(?:([a-z]{2})(?:[-_][a-z]{2,4})?(?:\/|$))?(?:(?:home|index|default|welcome|accueil|inicio)(?:\.(?:html?|php|aspx?|jsp|cfm))?\/?)?$/i

/** Parameters that say where a reader came from and not what is asked for. */
export const TRACKING_PARAMETER = /^(?:utm_\w+|mc_[ce]id|fbclid|gclid|msclkid|mkt_tok|_hs\w+|ref)$/i

/** Lower case, without accents, straight apostrophes, single spaces. */
export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[‘’ʼ`]/g, "'")
    .replace(/\s+/g, ' ')
    .toLowerCase()
    .trim()
}
