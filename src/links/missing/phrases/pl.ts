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
`
