/** Spanish. Source: our own collecting, from reading announcements, receipts, list mail and bulletins. */
export const es = `
[common]
el la los las de del y es en para que con por una un su sus tu tus se no lo como mas este esta al nos si sobre

[stop]
o y u para si pero antes en con hasta desde despues luego

DO = mas|disponible*|inscrib*|inscrip*|registr*|regist*|consult*|descarg*|encontr*|encuentr*|leer|lea|lee|ver|vea|mira|mire|descubr*|respond*|particip*|firm*|reserv*|compr*|pid*|suscrib*|dar*|unete|unirse|accede|acceder|acceda|escuch*|informacion|detalles|programa|conect*|confirm*|valid*|modific*|gestion*|dona|donar|done|apoy*|compart*|clic|click|haz|haga|hacer|haciendo|pulsa|pulse|pulsar|pulsando|pincha|pinche|pinchar|pinchando|presiona|presione|entra|entre|visita|visite|ir|publicad*|enlace|link|baja|solicit*|actualiz*|cambi*|cancel*|pag*|toca|toque|completa|complete|rellena|rellene|postul*|enter*|conoc*|todo|articulo|informe|vota|vote|imprim*|obten*|eleg*|elij*|instal*|prueb*|prob*|reclam*|aprovech*|solicit*|sigue|siga|organiz*|envi*|agend*|aport*|colabor*|apunt*|unase|unete|condiciones|requisitos|plano|resultados|fotos

[here]
darte|darse|darme de baja ahora|aqui|pulsando|haciendo
puedes|puede|podes darte|darse|cancelar .. baja|suscripcion ahora|aqui
DO aqui|aca
DO .. aqui|aca
clic|click en|sobre el|la|este|esta|nuestro? .. enlace|boton|link|imagen|enlaces|logo
aqui para|puede|puedes|:|podra|podras
aqui tiene|tienes|teneis|va|esta el|la|los|las enlace|link|formulario|programa|plano|mapa|vinculo|informe|video|grabacion|guia|detalles|fotos ..
es|esta|estan aqui ;
desde|por aqui
este|estos enlace|enlaces|link|vinculo
siguiendo|siga|sigue|usando|use|usa|utilice|utiliza|visitando|mediante|via|traves|desde|abra|abre|copia|copie|en .. este|esta|estos enlace|link|direccion|url|pagina|vinculo
siguiendo|siga|sigue|usando|use|usa|utilice|mediante|traves|pulsa|pulse|pulsando|abra|abre|copia|copie de? en? el enlace|link|vinculo|boton
en esta direccion|pagina
pulsa|pulse|pincha|pinche|presiona|presione|pulsando|pinchando|toca en? el|la|este .. boton|enlace|imagen|link
clic|click para
con|mediante|traves|usando|utilizando|rellen*|complet*|cumpliment* .. este|nuestro formulario|cuestionario|encuesta
rellen*|complet*|cumpliment* .. el|nuestro|la formulario|cuestionario|encuesta .. linea|online|web
por|desde|en aqui $
en|a|desde esta|este pagina|sitio|web|portal|direccion
responda|responde|responder|rellene|rellena|completa|conteste .. este|esta .. encuesta|cuestionario
puede|puedes|pueden ver|verla|verlo|verlas|verlos|leer|leerla|leerlo|escuchar .. aqui

[below]
enlace|enlaces|link|links|boton|direccion|formulario|url|vinculo|pagina siguiente|siguientes|abajo|debajo|continuacion
siguiente|siguientes|proximo enlace|enlaces|link|links|direccion|url|pagina|vinculo|formulario|boton|sitio
enlace|link|boton|direccion .. abajo|debajo|continuacion|indica|pie|final
clic|click|pulsa|pulse|pincha abajo|debajo
pagina web :

[above]
enlace|link|boton arriba|anterior

[promise]
ver|leer|abrir|visualizar|consultar|vea|lea|abra .. en|desde su|tu|el|un navegador
ver|leer|consultar|visualizar .. online|linea
version web|online|html
version en linea|web
politica de privacidad|cookies
aviso legal|de
gestionar|gestiona|actualizar|actualiza|cambiar|modificar|administrar .. preferencias|suscripcion|suscripciones|perfil
leer|ver|descargar|consultar|lee|descarga|consulta|vea|lea el|la articulo|informe|nota|noticia|texto|programa|documento|guia|folleto completo|completa
darse|darte|darme de baja aqui
abr*|ver*|vea*|lea*|leer*|mir*|visualiz*|consult* .. en|con|desde su|tu|el|un navegador
ver|vea|consult*|lea|leer la|una version|pagina web|online|en|electronica linea?

[ask]
registr*|inscrib*|suscrib*|apunt* .. en
visite
visita|visite|visitar|visitando|consulte|consulta|consultar .. en|:
visita|visite|consulte|consultando nuestra|nuestro|la|el|su pagina|web|sitio|portal web? :
por favor ,? visite|visita|consulte|contacte|escriba|contactar
puede|puedes|pueden|podra|podras visitar|consultar|contactar|escribir .. en|a|con?
contacte|contacta|contactar|comuniquese|comunicate|pongase|ponte .. con|a|en|al
contactenos|contactanos|escribanos|escribenos|siguenos|encuentranos|visitanos|visitenos|unete en|a|al|por|via
escriba|escribe|escribir|escribiendo|envie|envia|enviar|enviando|envielo|envialo|enviela|enviala|mande|manda|mandar|remitir|dirigir|dirijase|correo|mensaje|email|e-mail .. a
informacion|info|detalles|inscripcion|inscripciones|registro|consultas|preguntas|dudas .. en|a|al
disponible|disponibles|publicado|publicada|publicados|accesible|consultar|encontrar|encontrara|encontraras|encuentra|descargar|descargarse|acceder|ver|ingresar|entrar|ingrese|ingresa|entra|entre|accede|acceda|vaya|ve|ir|dirigete .. en|a
direccion es
en la|nuestra direccion
a traves de
pagina web es

[colon]
sitio|pagina web
registr*|inscrib*|suscrib*|apunt* .. en
contacto|contactar|contacte|contactenos
visite|visita|visitar|consulte|consultar|consulta|vea|ver
aqui
en|a la|el siguiente|direccion|pagina|enlace|sitio|web
siguiente|siguientes enlace|enlaces|direccion|link
la pagina|web web?
escribir|escriba|envie|enviar|inscribirse|registrarse|inscripciones|informacion|disponible|dirigido|entrar|ir|ingresar|acceder .. en|a|aqui
clic|click|pulse|pulsa en|aqui
saber|leer|conocer|informacion mas
mas informacion|info en
enlace|link|url|sitio|formulario
ya|esta|estan disponible|disponibles
ya esta|estan .. linea|disponible|disponibles|publicado|publicada
esta|estan|ya en linea

[label]
sitio|pagina|portal web
web|url|enlace|enlaces|link|links|sitio|pagina|correo|email|e-mail|mail|direccion
correo electronico
inscripcion|inscripciones|registro|reservas|entradas|contacto|formulario|info|informacion|informes
mas info|informacion|detalles
para mas informacion|info|detalles
leer|ver|saber mas
inscribirse|registrarse|suscribirse|descargar|leer|ver|escuchar|participar|archivo|archivos|fuente|fuentes|video|programa|agenda|facebook|twitter|instagram|youtube|linkedin|blog|documentacion|grabacion
darse de baja
para darse|cancelar|inscribirse|registrarse|suscribirse|participar de? baja|suscripcion|la?
enlace|link de|a|al|para inscripcion|registro|conexion|zoom|la|acceso reunion?

[action]
ver|descargar|comprar|leer|consultar|reservar|solicitar|visitar|explorar|escuchar ..
completa|complete|rellena|llena este|el|la formulario|encuesta para? .. 
mi cuenta|perfil
leer|lee|lea|ver|vea|saber|conocer|conoce|descubrir|descubre|conozca|mostrar mas ..
seguir|continuar|sigue leyendo
leer|ver|lee el|la|nota articulo|nota|noticia|entrada|completo|completa|todo completo|completa?
ver|leer|abrir|visualizar|consultar|ver .. en|version el|su|tu|linea|web|online navegador|web?
ver todo|todos|todas ..
ver detalles|online|video|pedido|factura|oferta|ofertas|catalogo|web|programa|mapa|fotos
version web|online
version en linea
mas informacion|info|detalles ..
quiero .. 
mas
haz|haga|hacer clic|click aqui|para|en ..
clic|click|pulsa|pulse|pincha|pinche aqui ..
descarga|descargar|descargue|descargate ..  app|aplicacion|informe|guia|pdf|documento|folleto|programa|catalogo|factura|aqui|ahora|gratis
descargar
registrate|registrese|registrarse|registrarme|inscribete|inscribase|inscribirse|inscribirme|suscribete|suscribase|suscribirse|suscribirme|reserva|reservar|compra|comprar|dona|donar|participa|participar|unete|unirse|empieza|comienza|empezar|prueba|pidelo|apuntate|conectate|accede|acceder|entrar|entra|ingresar|firma|vota|solicitar|confirmar|activar|pagar|renovar|compartir|responder ahora|ya|aqui|hoy|gratis|online?
inscripcion|registro online|gratuita|gratuito|aqui?
inscripciones aqui|abiertas?
haz|haga|hacer una|un|tu|su donacion|donativo|reserva|pedido|regalo ..
firma|firmar la|esta peticion ..
reserva|reservar|compra|comprar tu|su|mi|la plaza|entrada|entradas|lugar|asiento|boleto|cita|mesa|billete|billetes
comprar|compra|ver|consigue entradas|boletos|billetes|productos|tienda|coleccion
seguir|rastrear|ver|consultar|gestionar|revisar|acceder|accede|ir|entra|entrar mi|mis|tu|tus|su|el|la|al|a pedido|cuenta|compra|envio|factura|reserva|perfil|area|detalles|catalogo|oferta|ofertas|calendario|agenda|programa|video|blog|tienda|sitio|web|pagina|estado|mi|tu ..
confirmar|confirma|confirme|verificar|verifica|verifique|activar|activa|validar|valida mi|tu|su|la|el correo|cuenta|email|suscripcion|registro|direccion|inscripcion|asistencia ..
restablecer|cambiar|restablece|cambia|crear|crea mi|tu|su|la|una contrasena|clave|cuenta
actualizar|gestionar|cambiar|modificar|administrar mis|tus|sus|las|mi|tu preferencias|suscripcion|suscripciones|perfil|datos ..
darse|darme|date|darte|dese de baja ..
baja
cancelar|anular mi|tu|su|la|esta? suscripcion
cancelar suscripcion
desuscribirse|desuscribirme|desuscribir
contacto
contactanos|contactenos|contacta|contactar con|aqui? nosotros?
politica de privacidad
aviso legal|de ..
terminos y|de ..
condiciones de uso|servicio
reenviar|enviar|comparte|compartir .. amigo|amigos
visita|visitar|visite|ir|ve|conoce nuestra|nuestro|la|el|al|a web|sitio|pagina|tienda|blog|sitio ..
ver|mirar|ve|mira|escuchar|escucha el|la|nuestro|los|las video|grabacion|podcast|episodio|webinar|transmision|episodios|ofertas|fotos|galeria ..
responder|responde|completa|completar|rellena|contestar la|el|a encuesta|formulario|cuestionario ..
anadir|agregar al|a mi? calendario|carrito|agenda
ayuda
preguntas frecuentes
aprovecha|aprovechar ahora|oferta|la ..
como llegar
tienda
encuentra|encuentre|encontrar|busca|buscar|localiza tu|su|una|la|mi tienda|oficina|sucursal ..
quiero donar|participar|ayudar|inscribirme|comprar|colaborar|apuntarme ..
mira|mire|ver|vea el|la|los|las|mis video|pelicula|seleccion|entradas|ofertas ..

[follow]
siguenos|siganos|encuentranos|unete|visitanos|comparte|compartir ..
redes sociales
# Holes, calls and lone pointers
[presence]
esta estan estoy estamos estaba es son soy vivo vive vivimos trabaja trabajamos llegado hasta de por

[here]
aqui $

[below]
clic|click|pulse|pulsa|pulsar|presione|presiona|pinche|pincha|haga|haz .. en? el|la|este boton|imagen|banner

[lead]
en
a
via
visite
consulte
a traves de
el sitio
vea

[ask]
visite
escriban|escriba|escribe|envie|envien|mande|comuniquelo|avisenos|dirigirse|lineas|mensaje .. a
disponible|verse|ver|consultar|consultarse|encuentra|publicada|publicado|figura|compre|vea|inscribase|registrese|renovarlos|formulario|espera|catalogo .. en

[colon]
esta|la|siguiente direccion|pagina
que piensa|opina
diganos ..
copie|copia .. 
aqui

[call]
leer|lea|lee|ver|vea|ve|mire|mira|escuchar|descubrir|descubra|descubre|descargar|descargue|conocer|conozca|conoce|participar|participe|participa|unirse|unase|unete|de|dar|donar|done|dona|hacer|haga|haz|hagase|hazte|ser|sea|mas|saber|sepa|enviar|envie|envia|solicitar|solicite|actualizar|actualice|probar|pruebe|prueba|gestionar|cambiar|cambie|anadir|anada|agregar|facturar|apuntarse|apuntate|inscribirse|inscribase|inscribirme|registrarse|registrese|reservar|reserve|comprar|compre|elegir|elija|responder|responda|compartir|comparta|apoyar|apoye|confirmar|confirme|cancelar|pagar|pague|acceder|acceda|entrar|visitar|visite|contactar|contacte|pedir|pida|obtener|obtenga|crear|empezar|empiece|jugar|ganar|votar|vote|firmar|firme|seguir|siga|renovar|imprimir|comparar|denuncielo|avisenos|dejar|darme|darse|proponer|consultar|explorar|explore|aprovechar|aproveche|rellenar|rellene …

[here]
vea|ver|visite|consulte|consultar|lea|abra|rellene esta|este pagina|sitio|formulario
[action]
condiciones de uso|servicio

[inner]
a en

[never]
en via

[offer]
disponible|disponibles|accesible|accesibles en? linea|internet|online|web
puede|pueden|puedes|podra|podran tambien? descargar|descargarse|consultar el|la|los|las|nuestro|nuestra|un|una ..

[ask]
emitiran|emitira|transmitira|transmitiran|retransmitira|apunto|apuntado|inscribio|registro|suscribio|figura|figuran|siga|publico|publica|leerse|descargarse|solicitarse|consulte|estado .. en
solicitarse|pedirse|avise|escriba|envie|enviar|dirija|notifique .. a
ingrese|entre|acceda|vaya|conectese a|en

[colon]
sitio|portal|pagina|formulario|empleo
fotografias|fotos|imagenes|grabacion|cartel|folleto|mapa|plano|entradas|programa|documentos
alta resolucion|definicion

[action]
como llegar
ver|consultar el|en? mapa|plano|ruta ..
anadir|agregar a|al mi? calendario|agenda
reservar|reserva mi|tu|su plaza|entrada|lugar ..
suscribase|inscribase|suscribete|inscribete|registrese|registrate

[joint]
y e o u pero

[joint]
con para gratuitamente

[here]
en|vea|lea este|esta articulo|entrada|guia|documento|nota|video $

[promise]
gestionar|modificar|cambiar|ajustar|configurar sus|tus|los|las|mis avisos|notificaciones|alertas|recordatorios|suscripciones

[action]
gestionar|modificar|cambiar|ajustar|configurar sus|tus|los|las|mis avisos|notificaciones|alertas|recordatorios|suscripciones ..
ver|conocer|descubrir todos|todas|los|las? los|las? cambios|novedades|mejoras ..
actualizar|actualice|actualiza ahora|ya

# Nouns of labels, and verbs whose address closed up
[topic]
NOUN = descarga|descargas|documentacion|manual|seguimiento|rastreo|soporte|asistencia|ayuda|atencion|servicio|prensa|redaccion|secretaria|oficina|contacto|contactos|consultas|preguntas|dudas|reclamaciones|opiniones|comentarios|responsable|responsables|organizador|organizadores|comite|video|videos|pelicula|trailer|avance|podcast|episodio|grabacion|grabaciones|emision|directo|retransmision|seminario|diapositivas|presentacion|materiales|documentos|acta|actas|cartel|folleto|catalogo|cuaderno|ficha|fotos|fotografias|imagenes|galeria|album|formulario|formularios|cuestionario|encuesta|peticion|plantilla|normas|instrucciones|guia|horario|horarios|calendario|menu|tarifas|precios|programa|plano|mapa|sede|hoteles|alojamiento|transporte|inscripcion|inscripciones|registro|reserva|reservas|taquilla|entradas|envios|envio|candidaturas|solicitudes|pago|donativos|donaciones|articulo|informe|estudio|entrevista|blog|datos|facebook|instagram|twitter|linkedin|youtube|telegram|whatsapp|mastodon|tiktok|sitio|web|pagina|portal|enlace|enlaces|aplicacion|foro|archivo|buscador|cliente|clientes|bases|cursos|sesiones
NOUN
NOUN de|del|al|a|para|en|con|y|sobre ..

[call]
escuche|escucha|escuchen|valore|valora|evalue|evalua|califique|califica|puntue|siga|sigue|siganos|siguenos|encuentrenos|vea|mire|rastree|rastrea|busque|busca|denuncie|denuncia|informe|consulte|consulta|rellene|rellena|descargue|escriba|revise|revisa|compruebe|comprueba …

[joint]
desde hasta antes durante

[ask]
contacte|contactenos|contactanos|siganos|siguenos|encuentrenos|escribanos|escribenos|unase|avisenos en|a|por|via
pongase|ponte|ponerse en contacto con nosotros? .. traves|en|por|via de?
para … , vea|vease|visite|contacte
si .. dudas|preguntas|consultas ,? consulte|escriba|contacte|visite|vea
exportarse|reservar|reservarse|elija|elegir|descarga|descargan|descargarse|leer|leerse|comprar|acceda|accede|entre|entra|inicie|encuentra|encontrara|publicaran|publicara|publicado|enviarse|retransmite|retransmitira|mantenemos|pagar|vote|votar … en|desde
enviarse|enviar|envian|remitirse|reclaman|reclamar|escribir|escriba|escribiendo|avisar|dirigirse … a
escribiendo|llamando|dirigiendose a
a traves de|del
vaya|ir|acuda|dirijase|entre|pase a|en
siguiente direccion|enlace|pagina

[colon]
esta|la|siguiente|este direccion|enlace|pagina|sitio … 
siguiente|siguientes direccion|enlace|pagina|sitio

# Pointers in other words, downloads, and where "here" is only a place
[purpose]
para

[here]
VERB = comprueb*|comprob*|elij*|elig*|indiqu*|envi*|mand*|revis*|modifi*|respond*|consult*|recib*|verifi*|busc*
VERB aqui
VERB .. aqui
aqui VERB
vea|ver|lea|leer aqui ..
rellen*|complet* este|nuestro|el breve|corto|sencillo|pequeno formulario|cuestionario

[promise]
descarg* .. resumen|informe|folleto|guia|catalogo|formulario|programa|plano|manual|ficha|calendario
rellen*|complet* este|nuestro|el breve|corto|pequeño formulario|cuestionario
busque|busca|encuentre .. punto|oficina|tienda .. cercano|cercana|proximo

[action]
descargar|descargue|descarga ..
hojear|seguir|rastrear|donar|comprar|anadir|valorar ..

[call]
hojear|hojee|seguir|siga|deje|dejelo|revise|buscar|busque|encontrar|devolver|reconocer|como|invitar|invite|suscribirse|suscribase|rastrear …
`
