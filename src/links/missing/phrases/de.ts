/** German. Source: our own collecting, from reading announcements, receipts, list mail and association letters. */
export const de = `
[common]
der die das und ist fur sie wir ihr ihre mit von den dem ein eine nicht auf im zu bei auch werden unter oder aus uns sich zum zur

[stop]
oder und um fur falls wenn aber sowie bis ab

DO = klick*|anklick*|tipp*|druck*|anmeld*|registrier*|abmeld*|finden|findest|find*|les*|lies|seh*|schau*|erfahr*|herunterlad*|download*|bestell*|buch*|reservier*|kauf*|spend*|teilnehm*|abonnier*|abbestell*|kundig*|weiter*|mehr|details|infos|informationen|programm|link|anmeldung|abmeldung|online|verfugbar|bestatig*|verwalt*|ander*|aktualisier*|zahl*|bewerb*|mitmach*|unterstutz*|abstimm*|antwort*|einlogg*|login|gelang*|geht|gibt's|gibt|kommen|steht|zugang|besuch*|entdeck*|start*|hol*|sicher*|jetzt|direkt|gleich|bericht|artikel|aufruf*|einsehen|nachlesen|abruf*|ausdruck*|heruntergeladen|abgerufen|eingesehen|nachgelesen|gebucht|bestellt|angesehen|angeschaut|gelesen|gefunden|erworben|eintrag*|eingetragen|ausfull*|ausgefullt|ansehen|anschau*|anhor*|einlos*|hochlad*|anforder*|vereinbar*|erhaltlich|abrufbar|abstell*|beantrag*|einsend*|einreich*|nachseh*|konditionen|bedingungen|fotos|ergebnisse|bankverbindung|lageplan|unterlagen|agb

[here]
hier klick*
klick* hier|auf
klick* .. hier
DO hier
DO .. hier
hier entlang|weiterlesen|klicken
hier geht's|gehts|geht .. zum|zur|zu|weiter|los|entlang
hier :
ist|sind hier
diesem|diesen|dieser|folgendem|folgenden link|links|adresse|seite|url
auf|uber|mit|unter|via|folgen|nutzen|verwenden|offnen|benutzen|benutze|kopieren .. den|dem|diesem|diesen link|button|schaltflache
klick* .. auf? den|die|das|diesen|unseren .. link|button|bild|schaltflache|banner|logo|knopf
unter|auf dieser|diesem seite|adresse|webseite|internetseite
hier konnen|kannst|konnt sie|du|ihr
hier .. herunterladen|heruntergeladen|nachlesen|nachgelesen|ausdrucken|anmelden|abmelden|ansehen|anschauen|bestellen|bestellt|buchen|gebucht|registrieren|eintragen|abrufen|abgerufen|einsehen|eingesehen|abrufbar|erhaltlich
hier direkt|jetzt|online|kostenlos|gleich|bequem|einfach
uber|mit|durch|nutzen|ausfullen|bitte dieses|diesem|unser|unserem|folgendes formular|onlineformular|online-formular|kontaktformular|fragebogen|umfrage
das|unser onlineformular|online-formular|online-fragebogen ..
uber|unter diese|dieser seite|webseite|website|plattform|umfrage
fullen|ausfullen|beantworten .. diese|diesen .. umfrage|fragebogen

[below]
folgendem|folgenden|folgender|nachstehenden|nachstehendem|untenstehenden|nachfolgenden link|links|adresse|seite|url|button|internetadresse|formular|schaltflache
link|links|button|adresse|schaltflache|formular unten|weiter|untenstehend|folgt
link|button am ende|schluss|fuss
klick* .. unten
unten stehenden|angegebenen|aufgefuhrten link|button

hier geht's|gehts|gelangen|kommen|anmelden

[above]
link|button|adresse oben
obigen|obenstehenden|oben link|button

[promise]
im|in|mit browser|ihrem|deinem|einem browser? ansehen|anzeigen|offnen|betrachten|lesen
online ansehen|lesen|anzeigen|betrachten
online-version|webversion|onlineversion|web-version|browserversion
newsletter|mail|e-mail .. abbestellen|abmelden
vom newsletter abmelden
profil|einstellungen|abonnement|abo|daten .. andern|verwalten|bearbeiten|aktualisieren
datenschutzerklarung|datenschutzhinweise|nutzungsbedingungen
an|einem freund|freunde .. weiterleiten
vollstandigen|ganzen|kompletten artikel|bericht|text|programm lesen|ansehen|herunterladen?
zur|zu webansicht|webversion|onlineversion|online-version|online-ansicht|browseransicht|html-version

[ask]
besuchen|besuche sie?
besuchen|besuche sie? uns|unsere|die? .. unter|auf
bitte besuchen|kontaktieren|schreiben sie .. unter|an?
informationen|infos|details|naheres|anmeldung|anmeldungen|auskunfte|ruckfragen|fragen|programm|bewerbung|bewerbungen .. unter|auf|bei|an|via
schreiben|schreib|schicken|senden|sende|mailen|richten|wenden|melden|mail|e-mail|email|antwort|nachricht|anmelden|abmelden|bewerben .. an|unter|bei|uber|via|auf
kontaktieren|erreichen sie? uns? .. unter|per|via
verfugbar|abrufbar|erhaltlich|erreichbar|online|zuganglich|veroffentlicht|finden|findest|gefunden|heruntergeladen|nachzulesen|sehen|lesen|anzusehen .. unter|auf|bei|via
gehen|geh|gehe|surfen sie? .. auf|zu|unter
folgen|folge|finden sie? uns auf|unter|bei
lautet|adresse ist

[colon]
kontakt|kontaktieren|besuchen|siehe
hier
link|url|webseite|website|internetadresse|homepage|anmeldelink|zoom-link
unter|an|auf|bei folgender|folgendem|dieser|diesem? adresse|link|seite?
informationen|infos|details|anmeldung|anmelden|finden|verfugbar|abrufbar|schreiben|senden|richten|abmelden|erreichbar|fragen|mail .. unter|an|auf|hier|bei
mehr dazu|infos|informationen|unter|lesen|erfahren
klicken sie? auf|hier
ist|sind jetzt|nun|ab|bereits? online|da|verfugbar|erschienen|sofort
bericht|programm|aufzeichnung|video|videos|folien|protokoll|fotos|ergebnisse|unterlagen .. online|verfugbar|erschienen

[label]
web|website|webseite|homepage|internet|internetseite|url|link|links|www|seite
e-mail|email|mail|mailadresse|e-mail-adresse
anmeldung|anmelden|registrierung|tickets|karten|kontakt|formular|info|infos|information|informationen|anmeldelink|zugang|teilnahmelink|einwahllink|zoom-link|zoom
weitere|nahere|mehr infos|informationen|details|info
mehr lesen|dazu|erfahren
weiterlesen|lesen|ansehen|anhoren|download|herunterladen|teilnehmen|archiv|quelle|quellen|video|programm|aufzeichnung|facebook|twitter|instagram|youtube|linkedin|blog|dokumentation|abmelden|abmeldung|abbestellen|impressum
link zum|zur|zu anmeldung|registrierung|meeting|video|veranstaltung|artikel
newsletter abbestellen|abmelden

[action]
zu meinem|meiner konto|profil|bestellung|buchung|kundenkonto|ubersicht
zu ihrem|deinem|ihrer|deiner profil|bestellung|buchung|kundenkonto|ubersicht
mein|ihr|dein konto|profil|kundenkonto
alle .. ansehen|anzeigen|entdecken|shoppen
weiterlesen
weiter lesen|zum|zur|einkaufen|zu ..
mehr lesen|erfahren|infos|informationen|dazu|details|anzeigen|sehen|uber ..
mehr
zum|zur|zu artikel|beitrag|bericht|shop|angebot|angeboten|programm|anmeldung|video|website|webseite|blog|rezept|produkt|podcast|konto|warenkorb|veranstaltung|download|online-shop|umfrage|den|unseren|startseite|termin|ticketshop|mediathek|homepage|buch ..
jetzt .. anmelden|registrieren|kaufen|bestellen|buchen|spenden|entdecken|lesen|sichern|ansehen|anschauen|teilnehmen|mitmachen|herunterladen|testen|starten|shoppen|informieren|bewerben|reservieren|abonnieren|unterzeichnen|unterschreiben|helfen|einloggen|bestatigen|bewerten|downloaden|weiterlesen|abstimmen|vereinbaren|verlangern|aktivieren|probieren|ausprobieren|zahlen|bezahlen|unterstutzen|beitreten|abmelden|abbestellen|klicken|einkaufen|anfragen|upgraden|vorbestellen|anhoren|erfahren|losen|ausfullen|antworten|mitgestalten|mitreden|hier|gratis|kostenlos ..
hier klicken ..
klicken|klick sie? hier ..
hier .. anmelden|registrieren|kaufen|bestellen|buchen|spenden|entdecken|lesen|sichern|ansehen|anschauen|teilnehmen|mitmachen|herunterladen|testen|starten|shoppen|informieren|bewerben|reservieren|abonnieren|unterzeichnen|unterschreiben|helfen|einloggen|bestatigen|bewerten|downloaden|weiterlesen|abstimmen|vereinbaren|verlangern|aktivieren|probieren|ausprobieren|zahlen|bezahlen|unterstutzen|beitreten|abmelden|abbestellen|klicken|einkaufen|anfragen|upgraden|vorbestellen|anhoren|erfahren|losen|ausfullen|antworten|mitgestalten|mitreden|hier|gratis|kostenlos
artikel|beitrag|bericht|newsletter|mail|e-mail|nachricht|video|version|angebot|angebote|details|rechnung|bestellung|sendung|ticket|tickets|programm|webseite|profil|einstellungen|alle ..  lesen|ansehen|anzeigen|offnen|anschauen|verfolgen|herunterladen|entdecken|aufrufen|verwalten|bearbeiten|andern|besuchen|buchen|kaufen|sichern
im|in|diese|diesen|newsletter .. browser|online ansehen|anzeigen|offnen|betrachten|lesen
online ansehen|lesen|anmelden|anzeigen|bestellen|spenden
online-version|webversion|onlineversion
anmelden|anmeldung|registrieren|abmelden|abmeldung|abbestellen|abbestellung|herunterladen|download|bestellen|buchen|spenden|teilnehmen|mitmachen|bewerben|kaufen|reservieren|bestatigen|einloggen|login|entdecken|ansehen|teilen|antworten|starten|testen|unterzeichnen|abonnieren
newsletter abbestellen|abmelden|abonnieren|bestellen|kundigen
vom|von|aus newsletter|verteiler|der|diesem .. abmelden|austragen|abbestellen
abonnement|abo kundigen|verwalten|andern
e-mail|e-mail-adresse|adresse|konto|anmeldung|registrierung|email bestatigen|aktivieren|verifizieren
passwort zurucksetzen|andern|vergessen
profil|daten|einstellungen andern|bearbeiten|aktualisieren|verwalten
impressum
datenschutz
datenschutzerklarung|datenschutzhinweise
agb
kontakt
kontaktieren|kontaktiere|schreiben sie? uns ..
freunden|freund|freunde|an .. weiterempfehlen|weiterleiten|empfehlen
weiterleiten
hilfe
faq
erfahren|entdecken|sehen|lesen|finden|schauen|erfahre|entdecke|lies|sieh sie? mehr|hier|jetzt|selbst ..
melden|melde|meld sie? sich|dich jetzt|hier|gleich|an ..
sichern|sichere|buchen|buche|holen|hol sie? sich|dir|ihr|dein|jetzt ..
tickets|karten kaufen|buchen|sichern|bestellen
termin buchen|vereinbaren
in den|kalender warenkorb|kalender eintragen?
umfrage starten|teilnehmen
rechnung|anhang herunterladen|anzeigen
shop
bewertung abgeben|schreiben
ruckmeldung|feedback geben
filiale|filialen|geschaft|markt|handler finden|suchen
zu|zum|zur den|allen|unseren? angeboten|shop|film|video|programm|auswahl|anmeldung|kollektion|neuheiten|galerie|bestellung|warenkorb
film|video|karten|tickets|ticket|buchung|auswahl|angebote ansehen|anzeigen|anschauen|entdecken
in den kalender eintragen|ubernehmen
mitglied werden

[follow]
folgen|folge|besuchen|besuche sie? uns auf|bei|im ..
folge|folgen uns
teilen ..
bleiben|bleib sie? in|auf ..
# Holes, calls and lone pointers
[presence]
ist sind bin bist war waren sein bleibt bleiben wohnt wohnen lebt leben arbeitet arbeiten angekommen von bis wir nicht

[here]
hier $

[below]
drucken|druck|klick*|tipp* sie? auf? den|die|das|diesen knopf|button|schaltflache|bild

[lead]
unter
auf
an
uber
via
besuchen sie? bitte?
siehe
bei

[ask]
melden|meldet|anmelden|registrieren|steht|stehen|liegen|finden|findet|abrufbar|einsehbar|bestellen|katalog|formular|warteliste|verlangern .. unter|auf|bei|uber
stellungnahme|schreibt|senden|schreiben|richten|melden|formular .. an
gehen|gehe sie? auf|zu
besuchen sie bitte?

[colon]
hier herunterladen|lesen|ansehen|anhoren|nachlesen|abrufen|einsehen|bestellen|anmelden|finden
diese|dieser|dieser|folgende adresse|seite|link
ihre meinung
kopieren ..
sagen sie uns ..

[call]
… lesen|ansehen|anschauen|entdecken|erfahren|herunterladen|anmelden|eintragen|spenden|helfen|mitmachen|mitdiskutieren|teilnehmen|nehmen|einreichen|bewerben|testen|aktualisieren|verwalten|andern|einchecken|ubernehmen|werden|kaufen|einkaufen|bestellen|buchen|reservieren|offnen|anzeigen|verfolgen|teilen|bestatigen|abmelden|abbestellen|starten|sichern|unterstutzen|abstimmen|vorschlagen|besuchen|kontaktieren|schreiben|ausfullen|hinzufugen|speichern|erhalten|geholfen|gestalten|beitreten|weiterlesen $
mehr zu|zum|zur|uber|dazu …
zum|zur|zu den|allen? …
so|jetzt …

[here]
auf|siehe|besuchen|offnen|lesen|sehen dieser|diese|dieses|diesem seite|formular|webseite
[action]
nutzungsbedingungen|datenschutz|datenschutzerklarung|impressum|kontakt|agb

[inner]
an auf bei uber

[here]
hier DO $

[never]
unter via

[offer]
online verfugbar|abrufbar|einsehbar|erhaltlich|nachzulesen
im internet|netz verfugbar|abrufbar|einsehbar|erhaltlich|nachzulesen
konnen|kann|konnt sie|ihr|man? .. herunterladen|abrufen|einsehen

[ask]
lesen|lest|folgen|ubertragen|angemeldet|eingetragen|veroffentlicht|finden|erhalten|bekommen|beziehen|erfahren|bewerben|andern|stellen|sehen|ansehen .. auf|unter|uber
wenden|wendet sie|euch? sich? .. an
bewerben|registrieren|anmelden .. uber|unter|auf
anfrage bei

[colon]
internetseite|webseite|website|seite|karriereseite|portal|formular
fotos|bilder|bild|aufnahmen|aufnahme|plakat|flyer|faltblatt|broschure|lageplan|karten|tickets|programm|unterlagen

[action]
anfahrt|route|weg|lageplan|karte ansehen|anzeigen|planen
in den|meinen|ihren kalender eintragen|ubernehmen|speichern|aufnehmen
zum kalender hinzufugen
platz|platze reservieren|sichern ..
jetzt|hier|gleich anmelden|eintragen|abonnieren|bewerben|registrieren

[joint]
und oder sowie aber

[gone]
abrufbar verfugbar erhaltlich einsehbar zuganglich erreichbar angemeldet registriert eingetragen ubertragen veroffentlicht heruntergeladen bestellt nachlesen nachzulesen einsehen einzusehen abrufen abzurufen herunterladen herunterzuladen ansehen anzusehen finden anmelden anzumelden registrieren erreichen zugegriffen bereitgestellt bestellen eingesehen

[joint]
kostenlos gratis jederzeit mit nach

[here]
in|siehe diesem|dieser artikel|beitrag|anleitung|leitfaden|dokument|video $

[promise]
benachrichtigungen|hinweise|erinnerungen|einstellungen|abos verwalten|andern|anpassen|einstellen

[action]
benachrichtigungen|hinweise|erinnerungen|einstellungen|abos verwalten|andern|anpassen|einstellen ..
alle? neuerungen|anderungen|verbesserungen|neuigkeiten ansehen|anzeigen|entdecken|lesen
jetzt|gleich aktualisieren|umsteigen|updaten

# Nouns of labels, and verbs whose address closed up
[topic]
NOUN = download|downloads|dokumentation|handbuch|anleitung|verfolgung|sendungsverfolgung|hilfe|kundendienst|kundenservice|service|support|presse|pressestelle|pressekontakt|redaktion|sekretariat|buro|kontakt|fragen|ruckfragen|beschwerden|feedback|ansprechpartner|leitung|programmleitung|veranstalter|komitee|theaterkasse|kasse|video|videos|film|trailer|podcast|folge|episode|aufzeichnung|aufzeichnungen|mitschnitt|ubertragung|livestream|stream|webinar|folien|prasentation|vortrag|materialien|unterlagen|protokoll|plakat|faltblatt|broschure|katalog|merkblatt|heft|programmheft|fotos|bilder|galerie|album|formular|formulare|fragebogen|umfrage|petition|vorlage|hinweise|fahrplan|kalender|speiseplan|preise|programm|lageplan|karte|anfahrt|anreise|ort|hotels|unterkunft|termine|ferientermine|anmeldung|anmeldungen|buchung|reservierung|karten|tickets|einreichung|einreichungen|bewerbung|bewerbungen|zahlung|spenden|spende|artikel|bericht|studie|interview|blog|tagungsband|daten|facebook|instagram|twitter|linkedin|youtube|telegram|whatsapp|mastodon|tiktok|seite|webseite|website|portal|link|links|app|forum|archiv|filialsuche|filialfinder|schulungen|kurse|online-formular|onlineformular
NOUN
NOUN fur|von|vom|zum|zur|zu|auf|im|am|und|uber|an|des|der ..

[call]
bewerten|bewerte|folgen|folge|verfolgen|lesen|sehen|horen|schauen|finden|melden|besuchen|suchen|holen|laden|nutzen|spenden|wahlen|prufen sie|du|ihr …
… anhoren|ansehen|anschauen|nachlesen|verfolgen|reservieren|melden|bewerten|suchen|finden|prufen|herunterladen|buchen|bestellen|anmelden|abstimmen|ausfullen

[joint]
ab seit bis um am im zu zwischen wahrend vor wenn

[gone]
ubertragen gestreamt sichern gesichert buchen reservieren nachlesen eingereicht einreichen exportieren exportiert ansehen bereit herunter bescheid

[ask]
erreichen|erreichst|erreicht|kontaktieren sie|du|ihr? uns|mich|ihn? .. uber|unter|auf|per|via
folgen|folgt|finden sie|ihr? uns .. auf|unter|bei
richten|senden|schicken|mailen|schreiben|wenden|melden|erfragen|zu richten .. an|bei
an … zu richten|senden|schicken
melden|abstimmen|gehen|wahlen|buchen|spenden|zahlen|eintragen|registrieren sie|ihr? .. auf|unter|bei|an
finden|findet|findest|steht|stehen|lesen|liegt|liegen|gibt|fuhren|sehen|erhalten|bekommen … unter|auf
informationen|infos|naheres|details|hintergrund|mehr … siehe
bei fragen .. hilft|wenden|schreiben

[colon]
diese|dieser|dieses|folgende|folgender|folgendem|folgenden adresse|seite|link|formular|internetadresse|url …
unter folgender|dieser adresse|internetadresse …
bitte diese|folgende|den adresse|link|seite

# Pointers in other words, downloads, and where "here" is only a place
[purpose]
um

[here]
VERB = wahl*|reich*|prufe*|gebe*|geben|such*|melde*|sende*|schick*|trag*|stell*|schreib*|ander*
VERB hier
VERB .. hier
hier sehen|prufen|melden|wahlen|reichen sie|du|ihr .. $
fullen sie|du? dieses|diesen|unser|unseren|das|den kurze|kurzen|kleine|kleinen formular|fragebogen aus?

[promise]
laden .. zusammenfassung|bericht|broschure|leitfaden|katalog|formular|programm|plan|handbuch|merkblatt|kalender .. herunter
fullen .. dieses|unser|das kurze|kleine formular|fragebogen .. aus

[action]
… herunterladen $
im|in katalog|sortiment|shop blattern|stobern

[call]
… verfolgen|blattern|ansehen|verwalten|abgeben|abonnieren|kaufen|spenden|eintragen|finden|zurucksenden|erkennen|einladen|bewerten|suchen $
lesen|lassen|sehen|bringen|laden|schauen sie …
`
