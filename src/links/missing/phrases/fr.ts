/** French. Source: our own collecting, from reading announcements, receipts, list mail and association letters. */
export const fr = `
[common]
le la les des du de et est pour vous nous une dans sur votre vos notre nos avec que qui au aux ce cette par pas plus sont

[prefix]
l' d' qu' n' s' j' m'

[stop]
ou et pour afin si mais avant ensuite puis dans par avec jusqu'au dès

DO = plus|disponible*|inscri*|consult*|telecharg*|retrouv*|lire|lisez|voir|voyez|decouvr*|repond*|particip*|sign*|reserv*|command*|achet*|abonn*|desabonn*|desinscri*|adher*|rejoign*|acced*|visionn*|regard*|ecout*|infos|informations|details|programme|connect*|confirm*|valid*|modifi*|gerer|gerez|don|donner|donnez|soutenir|soutenez|partag*|trouver*|trouvez|acces|rendez-vous|cliqu*|appuy*|renouvel*|candidat*|postul*|vot*|contact*|suivre|suivez|verifi*|annul*|pay*|paiement|rdv|lien|site|article|rapport|suite|imprim*|obten*|depos*|rempli*|profit*|choisi*|ajout*|install*|essay*|envoy*|accedez|prolong*|organis*|complet*|notez|demand*|gratuit*|conditions|coordonnees|plan|resultats|photos

[here]
cliqu* ici
cliqu* .. ici
DO ici
DO .. ici
ici pour|afin|et|:
c'est ici
c'est par ici
par ici $
ici meme
est|sont ici
ce lien
cliqu* sur le|la|les|ce|cet|cette|l'image|notre|nos lien|bouton|image|logo|banniere|liens|photo|vignette
cliqu* sur l'image|ce|celui-ci|celle-ci
via|sur|par|suivant|suivez|utilisant|utilisez|ouvrir|ouvrez|copiez|copier|avec|a ce|ces|cet|cette lien|liens|adresse|url
via|suivant|suivez|utilisant|utilisez|ouvrir|ouvrez|copiez|copier|avec|par|sur le lien
sur cette page
a cette adresse
cliqu* pour|afin
via|par|avec|grace|moyen|utilisant|utilisez|rempliss*|complet* .. ce|cet|notre formulaire|questionnaire|sondage
rempli*|complet* .. le|notre formulaire|questionnaire .. en ligne
c'est|est|sont par la
ici ,? vous|tu pouvez|pourrez|peux .. telecharg*|inscri*|imprim*|reserv*|consult*
bouton|lien que voici
ce lien-ci|formulaire-ci
repondez|repondre|remplissez|remplir|completez .. ce|cet|cette .. questionnaire|sondage|enquete

[below]
lien|liens|bouton|boutons|adresse|adresses|formulaire|url ci-dessous|ci-apres|suivant|suivants|suivante|suivantes|ci-contre
lien|bouton .. dessous|ci-dessous
cliqu* ci-dessous
cliqu* .. ci-dessous
page|pages|site suivante|suivantes|suivant
lien .. bas|pied|fin

[above]
lien|bouton|adresse ci-dessus

[promise]
voir|consulter|lire|afficher|visualiser|ouvrir .. dans|sur votre|le|un navigateur
version en|dans ligne|html
version web|navigateur
lire|voir|consulter|visualiser .. en ligne
gerer|modifier|mettre .. vos|mes|votre preferences|abonnements|abonnement
lire la suite
lire|consulter|telecharger|voir|decouvrir l'article|le|la|l'integralite complet|rapport|communique|dossier|programme|brochure|document|video
politique de|des confidentialite|cookies
se desabonner|desinscrire .. ici
conditions generales
ouvr*|affich*|visualis*|consult*|lis*|lire|voir|regard* .. dans|sur|avec votre|un|le navigateur
voir|voyez|consult*|lire|lisez|affich* la|cette|sa version|page en|web|electronique ligne?

[ask]
rendez-vous|rdv|connectez-vous|inscrivez-vous|abonnez-vous|allez|aller|rendre|retrouvez-nous|rejoignez-nous|suivez-nous sur|a
visitez
visiter|consulter|consultez|visitez notre|le|nos|votre? site|page|pages? internet|web? :
consultez
veuillez consulter|visiter|contacter|ecrire
n'hesitez pas a .. contacter|consulter|visiter|ecrire
contactez
contactez-nous|ecrivez-nous|joindre|contacter|contactez|ecrivez|ecrire|ecrivant .. a|sur|via|par
envoyez|envoyer|adressez|adresser|transmettre|transmettez|repondre|repondez|ecrire|ecrivez|mail|message|courriel|demande|candidature .. a|sur|via
plus|informations|infos|renseignements|details|inscription|inscriptions|candidatures|reservations|questions .. sur|a|via|aupres
disponible|disponibles|consultable|consultables|accessible|accessibles|visible|visibles|telechargeable|telechargeables|trouve|trouverez|publie|publies|ligne .. sur|a|via
a l'adresse
l'adresse suivante|est
en visitant|consultant|contactant
savoir plus ,? visitez|consultez|contactez|rendez-vous
desabonner|desinscrire|abonner|inscrire ,? visitez|ecrivez|consultez .. a|sur?

[colon]
site web|internet
contact|contacter|contactez|contactez-nous
consulter|consultez|visiter|visitez|voir
l'adresse|l'url
a l'adresse suivante
suivant|suivante|suivants
rendez-vous|ecrire|ecrivez|envoyer|envoyez|inscrire|inscrivez-vous|inscription .. sur|a|ici
ici
site|lien|page|url|formulaire|questionnaire|billetterie
cliquez|cliquer sur
savoir|lire plus
est|sont maintenant|deja|desormais|enfin? en ligne|disponible|disponibles
rapport|programme|video|enregistrement|compte-rendu|dossier|guide|photos|resultats .. en|disponible|disponibles|paru|parus ligne?

[label]
site web|internet
site|url|lien|liens|web|page|adresse|courriel|mail|e-mail|mel|email|internet
inscription|inscriptions|reservation|reservations|billetterie|contact|renseignements|renseignement|formulaire|infos|informations|info
plus|davantage d'infos|d'informations|infos|informations
en savoir|lire|voir plus
pour|plus en|s'inscrire savoir plus
s'inscrire|s'abonner|telecharger|lire|regarder|ecouter|voir|revoir|participer|adherer|desabonnement|archives|source|sources|video|replay|programme|dossier|facebook|twitter|instagram|youtube|linkedin|blog|documentation
se desabonner|desinscrire
pour vous? desabonner|desinscrire|inscrire|s'inscrire|abonner
lien de|vers|pour|d'inscription connexion|inscription|visio|la|le|reunion?
desinscription|abonnement

[action]
voir|lire|consulter|telecharger|commander|acheter|reserver|shopper|regarder|ecouter|afficher ..
je|j'en fais|veux|soutiens|don ..
j'offre|j'achete|j'en ..
mon|mes compte|profil|espace|newsletters|commandes|preferences|favoris
decouvrir l'offre|les|la|le|nos ..
lire|voir|afficher|decouvrir la|l'article|le|les suite|article|actualites|toutes|dossier
lire la suite ..
lire l'article complet|entier?
la suite
suite
en|j'en|pour savoir|apprendre plus ..
en savoir plus
savoir plus
plus d'infos|d'informations|infos|informations|details
plus de details|renseignements
lire|voir plus
voir|voyez|consulter|consultez|lire|visualiser|afficher|ouvrir .. en|dans|sur|version ligne|navigateur|web|internet
voir|lire|consulter|afficher la version|page en|web|html ligne?
version en ligne|web
version web
cliquez|cliquer ici ..
cliquez|cliquer ..
je m'inscris|m'abonne|participe|donne|soutiens|signe|decouvre|reserve|commande|profite|telecharge|reponds|adhere|vote|clique|confirme|partage ..
j'y vais|participe|achete
j'agis|j'adhere|j'achete
inscrivez-vous|inscription|abonnez-vous|s'inscrire|s'abonner|adherer|adherez|participer|participez|postuler|postulez|candidater|donner|reserver|reservez|commander|commandez|acheter|achetez|telecharger|telechargez|decouvrir|decouvrez|regarder|ecouter|rejoindre|partager|payer|valider|confirmer|renouveler|signer|profiter|profitez-en|repondre maintenant|ici|gratuitement|vite|en? ligne?
faire|faites|je un don ..
signer|signez la|cette petition ..
telecharger|telechargez|decouvrir|decouvrez|voir|consulter|consultez|lire|regarder|ecouter|revoir|visionner le|la|les|l'article|notre|nos|votre|vos|toutes rapport|programme|brochure|video|catalogue|offres|offre|facture|commande|document|communique|dossier|podcast|replay|emission|article|articles|details|liste|collection|nouveautes|actualites|evenements|agenda|blog|site|photos|album|guide|invitation|annonces|annonce|suite ..
telecharger l'application|l'invitation|l'appli
suivre|voir|gerer|consulter|acceder mon|ma|mes|votre|vos|a|au|aux commande|commandes|colis|compte|facture|reservation|billets|espace|panier|dossier|abonnement|mon|site|site|formulaire ..
acceder|accedez au|a|aux la|mon|votre|l'espace ..
reserver|reservez|prendre|choisir votre|ma|mes|vos|une|un place|places|billet|billets|table|rendez-vous|creneau
prendre rendez-vous
remplir|repondre|remplissez|repondez|completer le|la|au|a formulaire|questionnaire|sondage|enquete ..
se desabonner|desinscrire|connecter ..
desabonnement|desinscription|desabonnez-vous|desinscrivez-vous|me ..
me desabonner|desinscrire|connecter
gerer|modifier|mettre mes|vos|votre|mon|a preferences|abonnements|abonnement|profil|jour ..
confirmer|valider|verifier|activer mon|votre|l'inscription|ma inscription|adresse|compte|email|e-mail|abonnement|commande ..
reinitialiser|changer|modifier|creer mon|votre|le|un mot|compte de? passe?
contactez-nous|contacter|nous contacter ..
nous contacter|ecrire|rejoindre
mentions legales
politique de confidentialite
conditions generales ..
transferer|transmettre|envoyer|faire|partager .. ami|amie|amis
visiter|visitez le|notre|nos site ..
voir|decouvrir tout|toutes|tous ..
aide
faq
plan d'acces
itineraire
ajouter a|au mon|calendrier|agenda|panier ..
profiter|profitez|j'en de|profite l'offre?
boutique|billetterie
accueil
trouver|chercher|localiser un|une|mon|votre|le magasin|boutique|agence|point ..
j'en|je|j'y profite|decouvre|vais
voir|decouvrir|afficher la|le|les|mes|ma|nos|votre selection|film|video|billets|billet|commande|offres ..
faire|faites un don

[follow]
suivez-nous|retrouvez-nous|rejoignez-nous ..
partager|partagez ..
nous suivre
restez|restons connectes|contact|en
# Holes, calls and lone pointers
[presence]
est sont suis etes etais etait etions etaient etre suis reste restez rester habite habitons vivons travaille travaillons sommes arrive arrives arrivee venu venus d' jusqu' par

[here]
ici $

[below]
cliqu*|appuy* sur le|la|ce|cette|notre? bouton|image|banniere

[lead]
sur
a
via
sur le site
a l'adresse
visitez
consultez
ecrivez a
par courriel a
voir

[ask]
visitez
inscrire|inscrivez-vous|inscription|tenue|tenu|publie|publies|figurent|figure|disponible|accessible|consultable|catalogue|formulaire|commandez .. sur|via
ecrivez|ecrire|adressee|adresser|signalez-le|mot|message|courriel .. a
allez|aller|rendez-vous|connectez-vous a|sur

[colon]
cette|l'|l'adresse|a adresse|page|lien
cette|la|l' page|adresse
ce que vous en? pensez
dites-nous|ecrivez-nous ..
liste des|de ..
ici

[call]
lire|voir|decouvrir|decouvrez|consulter|consultez|regarder|ecouter|participer|participez|donner|donnez|tenir|devenir|devenez|faire|faites|telecharger|installer|essayer|essayez|soumettre|envoyer|proposer|tout|gerer|changer|modifier|ajouter|s'enregistrer|s'inscrire|rejoindre|rejoignez|signaler|signalez|signalez-le|candidater|je|j'en|j'y|ne|se|reserver|acheter|commander|choisir|repondre|repondez|partager|partagez|dites|dites-le|soutenir|soutenez|adherer|confirmer|annuler|payer|profiter|profitez|acceder|accedez|retrouver|retrouvez|visiter|contacter|nous|demander|obtenir|creer|commencer|jouer|gagner|voter|signer|visionner|suivre|rencontrer|renouveler|imprimer|connaitre|comprendre|comparer|desinscrivez-vous|inscrivez-vous|rejoignez-nous|ecrivez-nous|contactez-nous|dites-nous …

[here]
voir|voyez|consultez|consulter|visitez|lire|lisez|ouvrez|remplissez cette|ce page|site|formulaire
[action]
conditions d'utilisation|generales ..

[inner]
a sur

[never]
sur via

[offer]
disponible|disponibles|consultable|consultables|accessible|accessibles en ligne
pouvez|pourrez|peut|peuvent aussi|egalement? telecharger|consulter le|la|les|nos|notre|un|une ..

[ask]
retransmise|retransmis|diffusee|diffuse|suivre|suivez|figure|figurent|inscrit|inscrite|abonne|abonnee|consultez|consulter|telecharge|telechargee|telecharger|connecter|trouve|trouvent .. sur|via
demandees|demandes|demander|signaler|signalez|ecrivez|adressez|envoyez|transmettre|postuler .. a
contact|connectez-vous .. a

[colon]
site|portail|page|formulaire|recrutement
photographies|photos|images|enregistrement|affiche|depliant|brochure|plan|billets|programme|diaporama|documents
haute|pleine definition|resolution

[action]
voir|consulter|obtenir le|l'|la? plan|itineraire|carte ..
ajouter a|au mon|l'|votre? agenda|calendrier
je reserve|participe|m'inscris|donne|m'abonne ..
mentions legales|generales?
abonnez-vous|inscrivez-vous
abonnement|inscription|desinscription

[joint]
et ou mais puis

[joint]
en avec pour par avant afin gratuitement

[here]
dans|voir|lire cet|ce|cette article|billet|guide|document|note|video|fiche $

[promise]
gerer|modifier|changer|regler|parametrer vos|les|mes notifications|alertes|rappels|avis|abonnements

[action]
gerer|modifier|changer|regler|parametrer vos|les|mes notifications|alertes|rappels|avis|abonnements ..
decouvrir|voir|consulter les|tous|toutes|nos les? changements|nouveautes|ameliorations|evolutions ..
mettre a jour ..

# Nouns of labels, and verbs whose address closed up
[topic]
NOUN = telechargement|telechargements|documentation|manuel|suivi|assistance|support|aide|service|presse|redaction|secretariat|bureau|direction|accueil|contact|contacts|questions|reclamations|avis|commentaires|responsable|responsables|organisateur|organisateurs|comite|video|videos|film|bande-annonce|podcast|episode|enregistrement|enregistrements|diffusion|direct|replay|rediffusion|webinaire|diaporama|diapositives|presentation|supports|documents|compte-rendu|affiche|depliant|brochure|catalogue|livret|fiche|photos|photographies|images|galerie|album|formulaire|formulaires|questionnaire|sondage|enquete|petition|modele|consignes|instructions|horaires|calendrier|menu|menus|tarifs|programme|plan|acces|venue|lieu|hotels|hebergement|transports|inscription|inscriptions|reservation|reservations|billetterie|billets|depot|candidatures|candidature|paiement|dons|don|article|rapport|etude|entretien|blog|actes|donnees|facebook|instagram|twitter|linkedin|youtube|telegram|whatsapp|mastodon|tiktok|site|page|portail|lien|liens|application|forum|wiki|archives|clients|agence|reglement|convocation|dossier|notice
NOUN
NOUN de|du|des ..
NOUN d'* ..
NOUN a|au|aux|pour|en|sur|et ..

[call]
trouver|trouvez|donnez|donner|donne|noter|notez|evaluer|evaluez|ecoutez|regardez|revoir|revoyez|suivez|reservez|telechargez|signaler|achetez|essayez|commandez|abonnez-vous|retrouvez-nous|suivez-nous|voyez|lisez|verifier|verifiez|rechercher|cherchez|consultez …

[joint]
jusqu'au jusqu'en jusqu'a depuis apres pendant

[ask]
contactez|contacter|joindre|joignez|suivez|rejoignez|suivez-nous|retrouvez-nous|contactez-nous|joignez-nous via|sur|par|a
pour … , voir|consultez|consulter|visitez|contactez|voyez
toute question|remarque|demande|reclamation ,? .. consultez|contactez|ecrivez|voir
exportees|exporte|exportes|exportees|reserver|reservez|choisissez|choisir|telecharge|telecharger|telechargent|deposer|deposent|lues|lu|lus|lue|lire|commander|acheter|identifiez-vous|connectez-vous|publies|publiees|publiee|tenue|tenues … sur|via|depuis
envoyer|envoyees|envoyes|adresser|adressees|reclament|reclamer|prevenez-nous|prevenir|avertissez-nous|signaler … a
rendez-vous|inscrivez-vous|connectez-vous|identifiez-vous|allez|passez|payez|votez sur|a
en ecrivant|s'adressant|telephonant a

[colon]
cette|l'|l'adresse|a adresse|lien|page|site … 
ce|ces|cet lien|liens|site|formulaire …
ici

# Pointers in other words, downloads, and where "here" is only a place
[purpose]
pour afin

[here]
VERB = verifi*|choisi*|indiqu*|dépos*|depos*|envoy*|signal*|modifi*|renseign*|repond*|examin*|suiv*|gér*|recev*|not*
VERB ici
VERB .. ici
ici VERB
voir|voyez|lire|lisez ici ..
rempl*|complet* ce|notre|le court|petit|bref formulaire|questionnaire

[promise]
telecharg* .. synthese|resume|rapport|brochure|guide|depliant|catalogue|formulaire|programme|plan|notice|manuel|fiche|calendrier
rempli*|complet* ce|notre|le court|petit|bref formulaire|questionnaire
trouv*|cherch* .. relais|agence|magasin|boutique|point .. proche

[action]
telecharger|telechargez ..
feuilleter|parcourir|suivre|prendre|donner|ajouter|choisir|signaler ..

[call]
feuilleter|parcourir|prendre|revoir|relire|laisser|laissez|faites|renvoyer|reconnaitre|chercher|cherchez|trouver|ajoutez|comment|inviter|invitez|payez|recevoir …
`
