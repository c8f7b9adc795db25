/** English. Source: our own collecting, from reading notices, receipts, invitations and list mail over the years. */
export const en = `
[common]
the and of to in is for on with you your are this that from have we be it at as our will can by an or not

[stop]
or and for to if but so then in on by with before after today now

DO = click|tap|press|register|sign|read|see|find|download|view|learn|book|apply|order|join|subscribe|unsubscribe|donate|check|watch|listen|get|buy|shop|access|available|more|details|info|information|go|look|visit|start|log|login|vote|submit|complete|continue|rsvp|renew|confirm|verify|update|change|manage|opt|report|track|pay|reset|activate|enrol|enroll|contribute|support|give|learn|found|published|posted|online|explore|discover|try|browse|print|stop|end|claim|redeem|upload|share|rate|reserve|pick|choose|save|add|install|pay|downloaded|viewed|accessed|bought|ordered|booked|watched|submitted|obtained|collected|cancel|schedule|request|leave|unsubscribing

[here]
DO here
on sale here
DO .. here ;
click|tap|press|clicking|tapping|pressing … here
click|tap|press|clicking on|at? this|the? link|button
clicking|following|via|through|using|use|follow|visit|open|copy|with|from this|these link|links|url
clicking|following|via|through|using|use|follow|visit|open|copy|at|from the link|url
on|at|in|via|by|through|from|to this|these link|links|url|page|website|site|webpage|address
this link
here : 
here for more|details|information|info|further
here to DO
here if you
right here
link|url|info|information|details|report|page is|are here
DO from here
from here $
(here)
at|on the? following
follow the|this link
use the|this|following link
link here
start here
over here
click|clicking|tap on? this|our link|button|banner|image|logo
by clicking|tapping|pressing
click to DO
tap to DO
go to the? .. page|link|site here
directions|instructions|programme|program|agenda|slides|photos|pictures|recording|recordings|tickets|minutes|results|prices|dates|timetable|map|form|forms|terms|rules|answers|notes|materials|resources|figures|address|schedule|invitation|video is|are also|all? here $
using|via|through|with|completing|by .. this|our online? form|survey|questionnaire|poll
fill|complete .. this|our|the online form|survey|questionnaire
here you can .. download|register|book|print|sign
over|right here $
on|at|from|in|through this|these website|websites|webpage|portal
complete|fill|answer|take|completing .. this .. survey|questionnaire|poll
is|are|was|were listed|posted|explained|described|shown|available here ;

[below]
link|links|button|buttons|url|banner below
link|links|button|url provided|given|listed|shown|that|which below|follows|appears
click|clicking|tap|press|register|sign|follow|rsvp below
click|tap .. below
below link|button|url
link|links|url|button at|in the? foot|bottom|end
following link|links|url|button|address|website|page

[above]
link|links|button|buttons|url above
click|tap .. above

[promise]
view|read|open|see|display .. in|on your|a|the? web? browser
view|read|see .. online|on-line
view|see .. on the web
web|online|browser version
unsubscribe instantly|immediately|here
to unsubscribe ..  click
update|change|edit|manage|modify|adjust your .. preferences|settings|profile|subscription|subscriptions|options
manage|update|change preferences|subscription|subscriptions|settings
forward this|to .. friend|colleague
privacy policy|notice|statement
terms of|and use|service|conditions
tell|send .. friend
read|see|view|get|download|find the|our? full|complete|entire .. story|article|report|list|details|text|version|programme|program|agenda|announcement|release
download the|our|your|a|this .. pdf|report|guide|app|paper|slides|brochure|presentation|version|release|document|form
register|rsvp online|now
sign up online|now|here|today
open|read|view|see it|them|this|online in|with|using your|a? browser
read|see|get|hear|watch the? whole|rest story|article|report|letter|interview|film ..

[ask]
register|registration|apply|subscribe|unsubscribe|rsvp|donate|book|details|information|info|more|join|start|begin|order|order|vote|questions ,? please? go|visit|see|log|head to|on|onto|at?
details|information|info|more at|on
is|are|go|goes on sale at
please|kindly|can|may|should|also|or|and|to|then|you visit
visit us|me at|on|online
visit our|the website|site|webpage|page|homepage at|on
information|details|more|info|programme|register|questions|assistance|help|reports|resources|materials|story ,? please? visit|see|contact|email|e-mail|call|write
learn|know|find|read|discover|see more ,? visit|contact|see
learn|find|read out? more at|on
more|further|additional|full information|info|details|news|resources|about .. at|on|under|via
to|please|can go to
please|kindly go|navigate|browse|point|log|head on? to
available|found|published|posted|online|accessed|downloaded|viewed|hosted|located|obtained|reached|seen|listed at|from|on|under|via
register|registration|sign|subscribe|unsubscribe|apply|join|rsvp|book|order|donate|enroll|enrol .. at|via|on|under
register|sign-up|subscribe|unsubscribe|apply|rsvp|book|order|donate by at|visiting|emailing|contacting|writing
our|the|my|official website|site|webpage|homepage|blog|page|portal|forum|wiki|store|shop is|at|on
our|the website|homepage|site is
write|writing|send|sending|email|e-mail|emailing|mail|contact|reach|forward|reply us|me|him|her|them|it|an|your|questions|comments|feedback|suggestions|abstracts|applications .. at|to|via|on
email|e-mail|mail|message|mailing|write|writing to
send|submit .. to
please|kindly|can|to|or|by contact
please contact us|me|him|her|them at|via|on
or|please|can email|e-mail|mail
follow|find|join|like|connect us|me with? on|at
see|check|view|browse|watch|read|download out? .. at
see|check|view|browse|watch|download out? .. on
read it|them|more|about .. on
is|are|be at
link is
please|kindly see
URL is
by|when|after visiting

be|them|it sent|directed|addressed|mailed|emailed|submitted|forwarded|reported to
send|write|contact|email|mail|call|reach|ask|comments|questions|feedback … at
visit|check|register|browse … at
page|site|website|portal|settings|section|activity|account|centre|center at
by? going to

[colon]
website|url|link|webpage|homepage
web site|page|address
contact
by visiting|going|writing|emailing|clicking to?
can|may|could .. be .. found|obtained|procured|downloaded|ordered|accessed|seen|read|viewed|purchased|bought .. from|at|on|here|via
use|using|follow|following|via|through|click|with this|the|these link|links|url
read|see|view|watch|download .. full|online|interview|article|here
let us know
full|complete|whole|entire story|answer|article|details|text|report|interview
buy|order|download|register|subscribe|unsubscribe|apply|book .. now|trial|today|here|online|free|ticket|tickets
visit
see|details
information|info|more|details here|at|on|via|from|see|visit|contact
here|at|on|via
link|url|website|site is|at
e-mail|email|write|mailto to?
go to
now online|live|out|up
is|are online|out|ready
report|reports|recording|recordings|programme|program|agenda|slides|minutes|results|video|videos|photos|paper|guide|toolkit .. available|online|published

[label]
web|website|site|url|link|links|homepage|webpage|page|www|internet|web-site
web site|page|address
home page
e-mail|email|mail
e-mail|email address
registration|register|rsvp|sign-up|signup|booking|tickets
registration|signup|zoom|teams|meeting|video|webinar|conference|download|livestream|stream|payment|tracking|invitation|event|website link|links|url|page
more|further|additional|full info|information|details
learn|read|find|see|know out? more
details|info|information
read|watch|listen|download|view|join|apply|subscribe|unsubscribe
read|watch|download|view|join|apply|subscribe|register|book|order|donate here|online|at|now|today
archive|archives|online|twitter|facebook|instagram|linkedin|youtube|blog|github|telegram|whatsapp|mastodon
source|sources|documentation|docs|demo|slides|recording|agenda|programme|program|paper|pdf|changelog|homepage
contact|contacts|enquiries|inquiries|questions|support|help|feedback
list|mailing archive|archives|info|list
to unsubscribe|subscribe|register|join|apply|rsvp|donate
subscription|unsubscription|unsubscribe|preferences page|link|info
web|online|browser version

[action]
view|shop|download ..
buy|order|explore|browse|get more|all|products|now|yours|this|templates
buy|order ..
see|read all|the|our|full|more|on|online ..
my account|profile|orders|preferences|subscriptions|settings
manage|modify|change|update my|your|this? subscription|subscriptions|preferences|profile|account|settings|email|e-mail ..
request|report a ..
buy this|the|it|now ..
send this|to ..
complete|fill in|out|this|the form|survey|application ..
visit our|the ..
read|learn|see|find|discover|show|view|know|hear|get|explore out? more
read|learn|see|find|discover out? more about|on|at ..
more info|information|details
more
read on|now|article|online
continue reading
read|see|view|get|watch|hear the|this|our? full|complete|whole|entire? article|story|post|report|review|interview|announcement|details|video|update|press? release
full story|article|details|report|text|agenda|program|programme
view|see|open|read this? email|message|newsletter|mail|it|online|page? in|on your|a|the? browser|web
view|read this? email|message|newsletter|online? online
view|see|open|read in|on? browser|online|web
view web|online|browser? version
having trouble viewing this email
unsubscribe
unsubscribe from|here|now|instantly this|these|our|all|the? list|lists|mailing|emails|email|newsletter|messages?
unsubscribe from this list
opt out|in
opt-out
register|registration|rsvp
register|rsvp|book|enrol|enroll|apply|join|order|buy|shop|donate|subscribe|sign|start|give|vote|respond|reserve|get|try|download|upgrade|renew|save|pay|watch|listen|play|act now|today|here|online
register|sign|enroll|apply for|up free|online|now|today|here? now|today|here|free?
sign up|in|on now|today|here|free?
log in|on|into your? account?
login
log-in|sign-in|sign-up|signup
shop the|our collection|sale|range|new
shop all|men|women|online|deals|now
shop
buy tickets|it|yours now|today?
add to cart|calendar|basket|bag
book your|a|my place|seat|ticket|tickets|spot|stay|appointment|demo
reserve|save your|my|a seat|spot|place
get started|tickets|directions|help|support
get your|the|my? tickets|copy|app|guide|report|free|offer|discount|code ..
start your|a|my free? trial|now?
try it|for free|now?
download
download the|our|your|a? pdf|report|app|guide|full|free|invoice|receipt|white|ebook|e-book|paper|brochure ..
download pdf|report|invoice|app|now|here|receipt|slides
view|see|track|check|manage|review|open your|my|this|the? order|orders|invoice|receipt|account|booking|reservation|shipment|package|delivery|statement|ticket|tickets|details|profile|dashboard|cart|itinerary|subscription|agenda|programme|program|calendar|event|gallery|photos|all
view|see all|details|products|photos|events|jobs|listings|posts|articles|offers
confirm|verify|activate|validate your|my|the? email|e-mail|account|subscription|registration|address ..
confirm|verify|activate
reset|change|update|set|create your|my|a? password|preferences|profile|details|settings|subscription|email ..
reset|change|update password|preferences|profile|settings
manage|update|edit|change|modify|email|communication your|my|email? preferences|subscription|subscriptions|settings|profile
manage|edit preferences|subscription|subscriptions|settings
preferences
accept|decline invitation
pay now|online|invoice
donate
make|give a|your donation|gift
contact us|support|sales
privacy policy|notice|statement|&|and ..
terms of|and|& use|service|conditions
terms
forward to a? friend|colleague
forward this? email|newsletter|to|message ..
send to|this a? friend ..
tell a friend
share on|this|with|via ..
tweet this?
watch|listen|play the|this|to|our? video|recording|webinar|episode|podcast|replay|now|trailer|film|live|interview
watch|listen
join the|us|our|a|now? conversation|meeting|webinar|call|discussion|community|now|waitlist|team|zoom|group|today|online
take|complete|start the|our|this|a? survey|quiz|questionnaire|poll|tour
give|leave|send us? your? feedback|review
leave a review|comment
learn more about|at|on ..
find out more|how
click|tap|press here
click|tap|press here to ..
click to|for ..
go to|visit the|our|your? website|site|page|homepage|store|shop|blog|account|dashboard|event|help|forum|home
visit|browse us|website|site|store|shop|page online?
help|support center|centre
help
faq|faqs
claim your|my|this ..
redeem|claim now|offer|code
see|view|browse|shop|explore the|our|all|full? collection|catalog|catalogue|offers|deals|range|menu|sale|schedule|program|programme|agenda|line-up|lineup
apply
submit your|a|an? abstract|paper|proposal|application|entry|nomination|form|comments|now
rsvp
view|read comments|discussion|on|thread|in ..
report abuse|spam|this ..
discover
discover the|our ..
renew|upgrade your|my|to ..
archive|archives
past issues
subscribe to|here|now ..
add|save it|this|them to your|the? calendar|diary
invite|bring a? friend|friends|colleague
find|locate your|a|my nearest|local? shop|store|branch|stockist|clinic ..
mute|leave|follow this|the? thread|conversation|group
update|change how we contact|write
privacy

[follow]
subscribe
follow|find|like|join|connect|visit|see us|me with? on? facebook|twitter|instagram|linkedin|youtube|social|media|x|and?
connect|keep|stay|get with|in|connected us|touch?
stay connected
share this? email|article|story|newsletter|with|post|on?
# Holes, calls and lone pointers
[presence]
reply is are am was were be been being get got stay stayed live lives lived work works worked come comes came arrive arrived still already back not only right up down out over around in from near and or that than it's we're i'm you're they're he's she's there's belong meet met sit stand so far left happen happened happens mentioned listed posted described shown seen born made grow grown equal due similar related compared close next able ready used

[here]
here $

[below]
click|clicking|press|pressing|push|tap|use the|this|our button|banner|picture|image

[lead]
at
to
on
via
visit|visiting
see
contact
go to
read it at

[ask]
go to
send|write|mail|email .. mail|message|line|note|word|e-mail|email? to
see|available|kept|found|listed|viewed|read|published at
write|drop|send us|me? a? line|note to
sign|log|register|enrol|order|book|apply|join|renew up|in|on|online? at|via
call|phone|write|email or visit|email
help|questions|question ,? email|e-mail|contact|write

[colon]
the|this|following address|link|url|page|site|website
what you think
tell us .. 
ask|questions

[call]
see|read|view|watch|hear|listen|learn|find|discover|explore|browse|meet|look|get|grab|claim|take|try|start|begin|open|join|become|be|volunteer|help|give|donate|support|sponsor|share|tell|have|send|submit|apply|register|sign|book|reserve|buy|order|shop|save|check|add|download|install|update|upgrade|manage|change|confirm|complete|continue|vote|enter|play|plan|choose|compare|visit|contact|ask|request|report|reply|respond|follow|nominate|renew|win|celebrate|remember|catch|tune|dive|keep|stay|track|let|say|write|print|enjoy|access|review|rate|show|redeem|enrol|enroll|subscribe|unsubscribe|opt|switch|cancel|return|activate|verify|log …

[here]
see|visit|open|use|read|view|consult|check|at|on this|the? page|site|form|webpage $

[inner]
to on

[offer]
is|are|also|now available|viewable|accessible online|on-line
can|may|could also? download|consult|browse the|our|a|all|your ..

[ask]
streamed|broadcast|shown|screened|announced|kept|archived|stored|displayed|offered|sold|described|explained|documented|recorded|released|maintained|registered|hosted|live|lives|mirrored|listed|posted|reachable|signing|logging|logged|signed|subscribed|enrolled in|up? at|via
logging|signing in|on to|at
set|spelled|laid out|up .. at|on|in our|the site|website|portal :
look|looking at :

[colon]
site|website|portal|page|pages|form|forms
photographs|photos|pictures|images|photo|picture|image|recording|recordings|slides|poster|flyer|leaflet|brochure|map|directions|tickets|programme|program|agenda|transcript
high|full|print resolution|size

[action]
get|view|see|show directions|map|route ..
add to|this to? my|your|the? calendar|diary

[never]
at via

[joint]
and or but

[presence]
look looks looked looking aim aims aimed aiming laugh laughs laughed laughing arrived arriving arrives stare staring point pointed pointing start starting getting good better best bad hint hinted hinting shout shouted shouting stay staying stays work working works where teach teaches teaching smile smiling play plays playing guess guessing glance glancing all hard angry mad eat eating

[joint]
free for with by if using under before until quoting

[here]
in|see|read this article|post|guide|document|note|thread|video|story $

[promise]
manage|update|change|edit|review|adjust|set your|these|the email|e-mail? notifications|alerts|reminders|notices|mailings

[action]
manage|update|change|edit|review|adjust|set your|these|the email|e-mail? notifications|alerts|reminders|notices|mailings ..
see|read|view what's|what is|whats new|changed|different|inside ..
see|view all|the? changes|improvements|updates|features|release notes? ..
sign up|in for|to our|the ..

# Nouns of labels, and verbs whose address closed up
[topic]
NOUN = download|downloads|documentation|docs|manual|handbook|changelog|tracking|support|helpdesk|service|care|assistance|hotline|media|press|enquiries|inquiries|questions|feedback|complaints|secretariat|office|editor|editors|organiser|organisers|organizer|organizers|chair|chairs|committee|webmaster|video|videos|clip|film|trailer|teaser|podcast|episode|recording|recordings|livestream|stream|broadcast|replay|webcast|webinar|audio|slides|slideshow|presentation|handout|handouts|materials|transcript|minutes|poster|flyer|leaflet|brochure|catalogue|catalog|booklet|factsheet|infographic|photos|photographs|pictures|images|gallery|album|form|forms|questionnaire|survey|poll|petition|template|templates|guidelines|instructions|timetable|schedule|calendar|menu|prices|programme|program|agenda|map|directions|travel|venue|hotels|accommodation|registration|sign-up|signup|booking|bookings|reservations|tickets|submission|submissions|applications|nominations|payment|donations|article|report|paper|study|interview|blog|preprint|abstract|proceedings|dataset|facebook|instagram|twitter|linkedin|youtube|telegram|whatsapp|mastodon|bluesky|tiktok|threads|website|site|homepage|webpage|portal|page|link|links|app|finder|locator|wiki|forum|repository
NOUN
NOUN of|for|from|to|about|on|with|and …
press|media contact|contacts|kit|room
release notes
terms dates

[call]
rate|listen|track|trace|report|look|go|check|pick|search|locate|consult|attend|tell|participate|stream …

[colon]
this|following address|link|links|page|form|url|number|site|website …

[joint]
from on in to until till since during

[ask]
contact|reach|call|join|follow us|me|them through|via|at|on|by
get|keep|stay|be in touch|contact with? us? at|via|through|on
should|must|may|can|please .. be? sent|send|addressed|mailed|emailed|submitted|submit|forwarded|directed|returned|reported|report … to|at|via
for … , see|visit|contact|read|consult
exported|renewed|booked|ordered|bought|read|watched|followed|streamed|broadcast|joined|opened|changed|claimed|chosen … at|via
choose|pick|select|log|sign|book|register|apply|renew|order|vote|donate|pay|open .. at|via
claimed|obtained|requested|renewed|cancelled|ordered|booked by writing|mailing|emailing to
go|come|head|turn|switch|move|proceed to

# Pointers in other words, downloads, and where "here" is only a place
[purpose]
to

[here]
fill|complete in? this|our|the short|brief|quick|simple form|questionnaire|survey

[promise]
download the|our|your .. summary|handbook|overview|factsheet|brochure|leaflet|manual|catalogue

[action]
download ..
browse|track|rate|view|follow|open|start my|your|the|our|all ..

[call]
browse|track|rate|follow|spot|invite|bring|pick|pay|find|hear|look|how|leave|return|watch|subscribe|get …
`
