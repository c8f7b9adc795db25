/** Portuguese. Source: our own collecting, from reading announcements, receipts and list mail of Brazil and Portugal. */
export const pt = `
[common]
o a os as de do da dos das e em para que com por uma um seu sua voce nao se no na como mais este esta ao ou sobre sao

[stop]
ou e para se mas antes depois em com ate

DO = mais|disponive*|inscrev*|inscric*|regist*|consult*|baix*|descarreg*|encontr*|ler|leia|ver|veja|descubr*|respond*|particip*|assin*|reserv*|compr*|confirm*|cancel*|acess*|aced*|ouc*|ouvir|informacoes|detalhes|programa|doar|doe|apoi*|partilh*|compartilh*|clique|clicar|clicando|clica|carregue|toque|pressione|visite|visitar|entre|public*|link|atualiz*|alter*|pag*|preench*|conhec*|conheca|saiba|assista|siga|envie|fale|vote|junte-se|cadastr*|solicit*|tudo|artigo|relatorio|imprim*|obt*|escolh*|instal*|experiment*|aproveit*|garant*|adir*|ader*|torn*|pesquis*|calend*|agend*|ver|contribu*|colabor*|entend*|condicoes|regulamento|mapa|resultados|fotos|dados

[here]
DO aqui
DO .. aqui
clique|clicar|clicando|clica|carregue|toque no|na|neste|nesta|em|sobre|o .. link|botao|imagem|banner|links
aqui para|:
aqui pode|podes|podera .. descarregar|baixar|inscrever|imprimir|reservar|consultar
aqui tem|tens|esta|vai|segue o|a|os|as link|formulario|programa|mapa|relatorio|video|gravacao|guia|detalhes|fotos ..
esta|estao|e aqui ;
por|a aqui
este|esse|neste|nesse|deste|nestes|desse link|links
neste|nesse endereco
seguindo|siga|usando|use|utilize|atraves|via|pelo|abra|copie|acesse|aceda|acessando|visite|no .. este|esse|neste|deste|pelo|o|do|no link|botao
nesta|nessa pagina
neste|nesse endereco|site
clique|clicar para
com|atraves|pelo|usando|utilizando|preench*|respond* .. este|deste|neste|nosso|a formulario|questionario|inquerito|pesquisa
preench*|complet* .. o|nosso|a formulario|questionario|inquerito|ficha .. online|linha|eletronico
por|a|em|daqui aqui $
nesta|desta|a esta|partir pagina|morada|plataforma
responda|responder|preencha .. este|esta .. inquerito|questionario|pesquisa
assist*|vej*|oic*|leia* aqui

[below]
link|links|botao|endereco|formulario|url|pagina|site abaixo|seguinte|seguintes
seguinte|seguintes|proximo link|links|endereco|url|pagina|formulario|site|botao
link|botao|endereco .. abaixo|seguir|rodape|final
clique|clicar|acesse abaixo

[above]
link|botao acima

[promise]
ver|ler|abrir|visualizar|veja|leia|abra|visualize .. no|em seu|teu|navegador|um navegador?
ver|ler|visualizar|veja|leia|visualize .. online
versao web|online|html
politica de privacidade|cookies
gerenciar|gerir|atualizar|alterar|editar|atualize|altere .. preferencias|inscricao|assinatura|subscricao|perfil
ler|ver|baixar|leia|veja|baixe|descarregar o|a artigo|relatorio|noticia|texto|programa|documento|materia|guia completo|completa|integra
leia|ver|veja a|na integra
abr*|ver|veja*|leia*|ler|visualiz*|consult* .. no|em|com seu|teu|o|um|navegador navegador?
ver|veja|consult*|leia|ler a|uma versao|pagina web|online|em linha?

[ask]
visite|visita
visite|visitar|consulte|consultar|acesse|acessar|aceda .. em|:
por favor ,? visite|consulte|acesse|contacte|contate|escreva
pode|podem visitar|consultar|contactar|acessar|escrever .. em|a|para?
visite|acesse|consulte nosso|nossa|o|a site|pagina|portal web? :
contate|contacte|contactar|contatar|entre|fale .. com|em|no|pelo|para|atraves
escreva|escrever|envie|enviar|mande|mandar|remeta|email|e-mail|mensagem .. para|a|ao
informacoes|info|detalhes|inscricoes|inscricao|registo|duvidas|perguntas .. em|no|para|pelo
disponivel|disponiveis|publicado|publicada|encontrar|encontrado|encontrada|acessado|acedido|baixado|siga-nos|inscreva-se|cadastre-se|registe-se|saiba .. em|no|pelo|atraves
endereco e
no endereco
atraves do|de|da

[colon]
contato|contacto|contactar|contatar
visite|visitar|consulte|consultar|acesse|veja|ver|aceda
aqui
em|no|neste|pelo|o seguinte|endereco|link|site
seguinte link|endereco
escrever|escreva|envie|enviar|inscreva-se|inscricoes|informacoes|disponivel .. em|para|aqui|no
clique em|aqui
saber|ler mais
link|url|site|formulario
mais informacoes|detalhes em|no
ja|agora esta|estao? disponivel|disponiveis|online|no
esta|estao disponivel|disponiveis|online|em linha|ar?
ja esta em|no linha|ar

[label]
site|web|url|link|links|pagina|email|e-mail|endereco|sitio
correio eletronico
inscricao|inscricoes|registo|cadastro|reservas|bilhetes|ingressos|contato|contacto|formulario|info|informacoes
mais info|informacoes|detalhes
para mais informacoes|info|detalhes
leia|ler|saiba|ver|saber mais
inscrever-se|baixar|descarregar|ler|ver|assistir|participar|arquivo|arquivos|fonte|fontes|video|programa|agenda|facebook|twitter|instagram|youtube|linkedin|blog|documentacao|gravacao
para cancelar|se|participar|assinar a|inscrever|inscricao|assinatura?
link de|do|da|para inscricao|acesso|zoom|reuniao|o|a evento?

[action]
ver|baixar|comprar|ler|consultar|reservar|visitar|explorar|ouvir|assistir ..
preencha este|o formulario|questionario para? ..
minha|meus conta|pedidos|perfil|preferencias
leia|ler|ver|veja|saiba|saber|conheca|descubra|conhecer|mostrar mais ..
continue|continuar lendo|a? ler?
leia|ler|ver|veja o|a artigo|noticia|materia|integra|texto|post|video|programa completo|completa?
ver|veja|ler|abrir|visualizar|visualize .. no|online|web navegador?
ver|veja todos|todas|tudo|detalhes|online|pedido|fatura|oferta|ofertas|catalogo|fotos|site ..
versao web|online
mais informacoes|info|detalhes ..
quero ..
mais
clique aqui ..
clique para ..
baixe|baixar|descarregue|descarregar|faca|fazer|transferir o|a|agora|aqui|download|nosso? app|aplicativo|relatorio|guia|pdf|documento|programa|catalogo|fatura|download?
baixar|descarregar|download
inscreva-se|inscrever-se|increva-se|registe-se|registre-se|cadastre-se|assine|assinar|reserve|reservar|compre|comprar|doe|doar|participe|participar|junte-se|comece|comecar|experimente|peca|acesse|acessar|aceder|aceda|entrar|entre|vote|solicitar|confirmar|ativar|pagar|renovar|compartilhar|partilhar|responder|garanta|aproveite|aproveitar agora|ja|aqui|hoje|gratis|online?
inscricao|inscricoes|registo online|gratuita|gratuito|aqui|abertas?
faca|fazer uma|um|a|o|sua? doacao|donativo|login|reserva|pedido|inscricao ..
assine|assinar a peticao ..
reserve|reservar|compre|comprar|garanta seu|sua|o|a|os lugar|vaga|ingresso|ingressos|bilhete|bilhetes|mesa
acompanhar|acompanhe|rastrear|rastreie|ver|veja|gerir|gerenciar|acessar|acesse|ir|aceder meu|minha|seu|sua|o|a|para|ao|os pedido|conta|encomenda|compra|envio|fatura|reserva|perfil|detalhes|site|loja|blog|pagina|painel|area|programa|calendario ..
confirmar|confirme|verificar|verifique|ativar|ative|validar meu|minha|seu|sua|o|a email|e-mail|conta|inscricao|registo|endereco|presenca|cadastro ..
redefinir|alterar|criar|redefina minha|sua|a|uma|nova senha|palavra-passe|conta
atualizar|gerir|gerenciar|alterar|editar|atualize suas|minhas|as|seus|preferencias preferencias|subscricoes|dados|perfil ..
cancelar|cancele a|sua|minha|esta? inscricao|assinatura|subscricao|registo|cadastro ..
descadastrar|descadastre-se|descadastrar-se|desinscrever|desinscrever-se|desinscreva-se
sair da lista
contato|contacto|contacte-nos
fale|contacte|entre conosco|connosco|em contato?
politica de privacidade
termos de|e ..
encaminhar|enviar|envie|partilhe|compartilhe .. amigo|amigos
visite|visitar|conheca nosso|nossa|o|a site|loja|pagina|blog ..
assista|assistir|veja|ver|ouca|ouvir ao|o|a|agora|video|podcast|gravacao video|gravacao|webinar|episodio|podcast ..
responda|responder|preencha|preencher ao|a|o questionario|pesquisa|formulario|inquerito ..
adicionar ao|a calendario|carrinho|agenda
ajuda
perguntas frequentes
loja
encontr*|procur*|localiz* uma|a|sua|o loja|agencia|balcao ..
quero doar|participar|ajudar|inscrever-me|comprar|apoiar ..
ver|veja o|a|os|as|meus|minhas video|filme|selecao|bilhetes|ingressos|ofertas ..

[follow]
siga-nos|siga|acompanhe-nos|encontre-nos|junte-se|compartilhe|partilhe|visite-nos ..
redes sociais
# Holes, calls and lone pointers
[presence]
esta estao estou estamos e sao sou vive vivemos mora moramos trabalha trabalhamos chegou ate por daqui

[here]
aqui $

[below]
carregue|clique|pressione|toque|aperte no|em|o botao|imagem

[lead]
em
para
a
via
visite
acesse
consulte
no site
atraves de

[ask]
visite
acesse
escreva|escreva-nos|envie|enviar|enviadas|recado|mensagem|formulario|comunique .. para|a
disponivel|visto|consultado|publicado|compre|veja|inscreva-se|registe-se|entre|formulario|lista|renova-los|partituras|avise-nos|fale|contrato|esta|estao .. em

[colon]
este|seguinte|esta endereco|pagina|link
que pensa|acha
diga-nos ..
copie ..
aqui

[call]
ler|leia|ver|veja|assista|assistir|ouca|ouvir|descubra|descobrir|saiba|saber|conheca|conhecer|participe|participar|junte-se|de|doe|doar|seja|ser|torne-se|faca|fazer|envie|enviar|candidatar-se|candidate-se|atualize|atualizar|experimente|gerir|gerencie|gerenciar|mude|mudar|adicionar|adicione|baixe|baixar|descarregue|compre|comprar|reserve|reservar|escolha|responda|responder|partilhe|compartilhe|apoie|apoiar|confirme|confirmar|cancelar|pague|pagar|acesse|aceda|entre|visite|visitar|contacte|peca|obtenha|crie|comece|jogue|vote|assine|siga|renove|imprima|compare|denuncie|avise|deixar|sair|mais|inscreva-se|registe-se|explore|aproveite|preencha|consulte …

[here]
veja|ver|visite|consulte|leia|abra|preencha esta|este|essa|esse pagina|site|formulario

[inner]
a para em

[never]
em para via

[offer]
disponivel|disponiveis|acessivel online|em|na linha|internet|web?
pode|podem|podera|poderao tambem? baixar|descarregar|consultar o|a|os|as|nosso|nossa|um|uma ..

[ask]
transmitidas|transmitida|transmitido|inscreveu|inscrito|inscrita|registou|cadastrou|figura|acompanhe|acompanhar|siga|publica|baixado|pedidos|pedido|solicitados|consulte|alteradas|alterado|encontra-se|ficara|ficam .. em
pedidos|solicitados|escreva|envie|enviar|avise|dirija|comunique .. a|para
acesse|aceda|entre|visite|va em|a

[colon]
site|portal|pagina|formulario|emprego
fotografias|fotos|imagens|gravacao|cartaz|folheto|mapa|bilhetes|ingressos|programa|documentos
alta resolucao|definicao

[action]
como chegar
ver|consultar o|no? mapa|rota ..
adicionar|acrescentar ao|a|no|na meu|minha? calendario|agenda
reservar|garantir o|a? meu|minha|seu|sua lugar|vaga|bilhete ..
inscreva-se|cadastre-se|assine|registe-se

[joint]
e ou

[joint]
gratuitamente

[here]
neste|nesta artigo|publicacao|guia|documento|nota|video $
em|veja|leia este|esta artigo|publicacao|guia|documento|nota|video $

[promise]
gerir|gerenciar|alterar|mudar|ajustar|configurar as|os|suas|seus|minhas? avisos|notificacoes|alertas|lembretes|assinaturas

[action]
gerir|gerenciar|alterar|mudar|ajustar|configurar as|os|suas|seus|minhas? avisos|notificacoes|alertas|lembretes|assinaturas ..
ver|conhecer|descobrir o|todas|todos|as|os que|as|os? mudou|mudancas|alteracoes|novidades|melhorias ..
atualizar|atualize agora|ja

# Nouns of labels, and verbs whose address closed up
[topic]
NOUN = transferencia|transferencias|descarga|descargas|download|downloads|documentacao|manual|rastreio|rastreamento|seguimento|apoio|suporte|assistencia|ajuda|atendimento|servico|imprensa|redacao|redaccao|secretaria|secretariado|escritorio|contacto|contato|contactos|contatos|perguntas|duvidas|reclamacoes|opinioes|comentarios|responsavel|responsaveis|organizador|organizadores|comissao|comite|video|videos|filme|trailer|podcast|episodio|gravacao|gravacoes|emissao|direto|transmissao|seminario|diapositivos|slides|apresentacao|materiais|documentos|ata|atas|cartaz|folheto|brochura|catalogo|ficha|fotos|fotografias|imagens|galeria|album|formulario|formularios|questionario|inquerito|sondagem|peticao|modelo|normas|instrucoes|guia|horario|horarios|calendario|ementa|menu|cardapio|tarifas|precos|programa|planta|mapa|local|hoteis|alojamento|hospedagem|transportes|inscricao|inscricoes|registo|registro|reserva|reservas|bilheteira|bilheteria|bilhetes|ingressos|submissao|candidaturas|pagamento|donativos|doacoes|artigo|relatorio|estudo|entrevista|blog|blogue|dados|facebook|instagram|twitter|linkedin|youtube|telegram|whatsapp|mastodon|tiktok|site|sitio|pagina|portal|link|links|ligacao|aplicacao|forum|arquivo|cliente|clientes|balcao|regulamento|formacao|cursos|sessoes
NOUN
NOUN de|do|da|dos|das|ao|a|para|em|com|e|sobre ..

[call]
acompanhe|acompanhar|avalie|avaliar|classifique|siga|siga-nos|encontre|encontre-nos|ouca|ouvir|veja|assista|rastreie|rastrear|procure|denuncie|denunciar|informe|encontrar|localizar|consulte|preencha|verifique|reserve|descarregue …

[joint]
desde ate antes durante quando

[ask]
contacte-nos|contate-nos|siga-nos|encontre-nos|escreva-nos|junte-se|avise-nos|avise|fale connosco|conosco? .. em|no|pelo|para|atraves|via de?
para … , veja|consulte|visite|escreva|contacte
caso|se .. duvida|duvidas|perguntas ,? veja|consulte|escreva|contacte|visite
exportadas|exportados|reservar|escolha|escolher|descarrega-se|descarregar|lidas|lidos|ler|comprar|encontra|encontra-se|encontram-se|publicado|publicada|publicadas|publicados|transmitido|transmitida|mantemos|votar|pagar|abra|pedido … em|de
enviados|enviadas|enviar|remetidos|reclamam-se|escrevendo|escrever|escreva|dirigir-se … para|a
escrevendo|telefonando|ligando para|a
atraves de
va|ir|aceda|entre|passe|dirija-se a|em|ao
seguinte endereco|link|ligacao

[colon]
este|seguinte|esta|neste|nesta endereco|pagina|link|ligacao|site …
seguinte endereco|ligacao|pagina

# Pointers in other words, downloads, and where "here" is only a place
[purpose]
para

[here]
VERB = verifi*|escolh*|indiqu*|envi*|mand*|modifi*|respond*|consult*|receb*|procur*|coloqu*|marqu*
VERB aqui
VERB .. aqui
aqui VERB
veja|ver|leia|ler aqui ..
nesta|desta|esta|por|atraves ligacao|hiperligacao
clique|carregue nesta|na|numa ligacao|hiperligacao
preench*|complet* este|nosso|o pequeno|breve|curto|simples formulario|questionario

[promise]
descarreg*|baix* .. resumo|relatorio|brochura|guia|catalogo|formulario|programa|mapa|manual|ficha|calendario
preench* este|nosso|o pequeno|breve|curto formulario|questionario
encontre|procure .. ponto|balcao|loja .. proximo|proxima

[action]
descarregar|descarregue|baixar|baixe ..
folhear|rastrear|seguir|doar|comprar|adicionar|avaliar ..

[call]
folhear|folheie|rastrear|seguir|deixe|deixe-a|deixe-o|avaliar|procurar|procure|encontrar|devolver|reconhecer|como|convidar|convide|assinar …
`
