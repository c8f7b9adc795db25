/** Polish. Source: our own collecting, from reading announcements, receipts and list mail. */
export const pl = `
[common]
i w nie na z do sie to jest ze o jak dla po przez oraz od ale za czy przy twoj nasz

[stop]
lub albo i aby zeby jesli ale w oraz

DO = klikn*|klik*|nacisn*|zarejestr*|rejestr*|zapis*|wypis*|zobacz|sprawdz|przeczyt*|czytaj|pobier*|dowiedz|znajdz*|dostep*|kup|zamow*|zalog*|potwierd*|zmien*|anul*|wespr*|glos*|odpow*|wypeln*|zaplac*|rezerw*|dolacz|ogladaj|obejrz*|posluch*|wiecej|informac*|szczegol*|link|przejd*|opublik*|zrezygn*

[here]
DO tutaj|tu
DO .. tutaj|tu
tutaj :
tutaj|tu DO
ten|tym|tego|tej link|linkiem|linku|linka|adresem|stronie
klikn*|klik*|nacisn*|przejd*|skorzyst* .. w|na|z? .. link|przycisk|odnosnik|linku|obrazek|baner

[below]
link|linku|przycisk|adres|adresem|formularz|odnosnik ponizej
ponizszy|ponizszego|ponizszym|nastepujacy|nastepujacym|ponizsze|ponizszej link|linku|linkiem|przycisk|adresem|adres|odnosnik|stronie

[above]
link|przycisk powyzej
powyzszy link|przycisk

[promise]
zobacz|otworz|wyswietl|obejrzyj .. w przegladarce
wersja|wersje online|internetowa|przegladarkowa
wypisac|wypisz|zrezygnowac|zrezygnuj .. z .. newslettera|subskrypcji|listy
polityka|polityke|polityki prywatnosci
zarzadzaj|zmien|zaktualizuj .. preferencje|subskrypcje|ustawienia|preferencjami|subskrypcja

[ask]
odwiedz|odwiedzic nas|nasza|strone .. na|pod
odwiedz
prosimy|mozna|mozesz .. odwiedzic|skontaktowac|napisac .. na|pod|z|do
napisz|wyslij|wyslac|napisac|pisz|przeslij|kieruj|kierowac|zglos|mail|wiadomosc|zgloszenia|pytania .. na|do|pod|adres|adresem
dostepny|dostepna|dostepne|znajdziesz|znajduje|opublikowany|informacje|informacji|szczegoly|zapisy|rejestracja .. na|pod stronie|adresem?
pod adresem
na adres

[colon]
tutaj|tu
kontakt|odwiedz|zobacz|patrz
link|adres|adresem|strona|stronie|formularz|url
wiecej|informacje|szczegoly|zapisy|rejestracja .. na|pod|tutaj|tu|informacji|stronie

[label]
strona|adres www|internetowa|internetowy?
link|url|www|email|e-mail|mail|kontakt|rejestracja|zapisy|bilety|formularz|szczegoly|informacje|zrodlo|zrodla|archiwum|wideo|nagranie|program|facebook|twitter|instagram|youtube|blog|pobierz|dokumentacja
wiecej informacji|szczegolow
czytaj|dowiedz wiecej|sie wiecej?

[action]
czytaj|zobacz|dowiedz|pokaz|sprawdz|przeczytaj|poznaj wiecej|dalej|sie|szczegoly|calosc|artykul|oferte|teraz|online|wszystkie|film|program ..
wiecej informacji|szczegolow ..
wiecej
szczegoly
kliknij|klik tutaj|tu|aby ..
zarejestruj|zapisz|wypisz|zaloguj sie ..
pobierz|kup|zamow|zarezerwuj|dolacz|wesprzyj|potwierdz|zaplac|ogladaj|obejrzyj|posluchaj|udostepnij|zaloguj|zaglosuj|odbierz|skorzystaj|przejdz|wyprobuj|aktywuj teraz|bilet|bilety|aplikacje|raport|adres|konto|swoje|tutaj|online|za|do ..
rejestracja
rezygnacja|anuluj|zrezygnuj z|subskrypcje ..
wypis ..
zmien|zaktualizuj|zarzadzaj|resetuj|zresetuj haslo|ustawienia|preferencje|profil|subskrypcje|dane|subskrypcja ..
zobacz|otworz|wyswietl .. w przegladarce
wersja online|internetowa
kontakt
skontaktuj sie z nami
polityka prywatnosci
regulamin
przekaz|przeslij|wyslij .. znajomemu|znajomym
wypelnij ankiete|formularz
pomoc
sklep

[follow]
sledz|obserwuj|polub|znajdz|dolacz|udostepnij ..

[offer]
dostepny|dostepna|dostepne|opublikowany|opublikowana|zamieszczony .. online|internecie|na naszej? stronie
mozna|mozesz|mozecie|mozna .. pobrac|sciagnac ..

[lead]
na
pod
pod adresem
na stronie
na adres
przez
odwiedz
za posrednictwem

[ask]
transmitowane|transmitowany|zapisales|zapisal|zarejestrowal|czytaj|sledz|opublikowano|zamieszczono|pobrac|sprawdzic|zmienic|dostepna|dostepny|dostepne|zaloguj|wejdz|znajduje|aplikowac .. na|pod
zamowic|napisz|zglos|zwroc|kieruj .. pod adresem|na adres
przeslij|przesylaj|wyslij|pisz|zglos .. na|do

[colon]
stronie|strona|portalu|formularz|ankieta|serwis
zdjecia|fotografie|obrazy|nagranie|plakat|ulotka|broszura|mapa|bilety|program|materialy
wysokiej|pelnej rozdzielczosci
twoja|panstwa opinia
skopiuj|otworz ..
napisz|zadzwon|powiedz|daj nam|znac?

[below]
kliknij|nacisnij|wcisnij w|na? ten? przycisk|obrazek|baner

[here]
tutaj|tu $
zobacz|odwiedz|otworz|sprawdz|na tej|te|ta stronie|strone|strona

[presence]
jest sa byl byla byli bedzie my on ona oni jeszcze juz mieszka mieszkamy pracuje pracujemy zostaje

[action]
jak dojechac|dotrzec|trafic|nas znalezc
pokaz|zobacz mape|mapie|trase|dojazd|na mapie ..
dodaj do mojego? kalendarza
zapisz|zarejestruj sie

[call]
czytaj|przeczytaj|zobacz|obejrzyj|sprawdz|dowiedz|pobierz|sluchaj|posluchaj|otworz|dolacz|pomoz|zostan|zostaw|zloz|wyslij|zaktualizuj|wyprobuj|zarzadzaj|zmien|dodaj|przejdz|zapisz|zarejestruj|kup|zamow|wybierz|podziel|wesprzyj|potwierdz|anuluj|zaplac|zaloguj|skontaktuj|zglos|odbierz|utworz|rozpocznij|zacznij|zaglosuj|przedluz|wydrukuj|porownaj|zaproponuj|wypelnij|odpowiedz|wez|zarezerwuj|odwiedz|wiecej|znajdz|pokaz|wypisz …

[inner]
na pod przez

[never]
na pod przez

[joint]
i oraz lub albo ale

[joint]
dla od z bezplatnie

[here]
w|zobacz|czytaj tym|tej artykule|wpisie|poradniku|dokumencie|filmie $

[promise]
zarzadzaj|zmien|ustaw|zarzadzanie powiadomieniami|powiadomienia|przypomnieniami|subskrypcjami

[action]
zarzadzaj|zmien|ustaw|zarzadzanie powiadomieniami|powiadomienia|przypomnieniami|subskrypcjami ..
zobacz|poznaj|sprawdz wszystkie|co? zmiany|nowosci|zmienilo|nowego ..
zaktualizuj|uaktualnij teraz
`
