/**
 * What a corrigendum prints behind the words of a link that was taken back: the promise is settled, not broken.
 * Source: our own templates' wording and its near variants. A line a phrase, small letters; brackets are required.
 */
export const withdrawn = `
# English
link withdrawn
link removed
link no longer available
# French
lien retiré
lien supprimé
lien indisponible
# Spanish
enlace retirado
enlace eliminado
enlace no disponible
# Russian
ссылка снята
ссылка удалена
ссылка недоступна
# Arabic
سُحب الرابط
سحب الرابط
الرابط محذوف
# Chinese
链接已撤下
链接已删除
链接已失效
`
