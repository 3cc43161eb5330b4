"""The words that only sound like danger, as `dangers` hears them: a printer that dies, a drill, somebody else's crisis. Folded,
in kinds; each stands for its kind, and its examples are rows of tests/handlers/alert/first_messages.yaml."""

from __future__ import annotations

import re

from handlers.core.language.danger_words import any_of

# What dies, burns and needs help every day, and endangers nobody: a cry for a printer is none.
DEVICE = (
    r"(?:(?:min|mit|mine|vores|vor|den|my|the|mein|meine|der) )?(?:printer|skaerm|telefon|mobil|computer|pc|batteri|nettet|internet|wifi|vpn|mus|tastatur|drucker"
    r"|mail|outlook|teams|excel|word|projektor|kaffemaskine|bil|cykel|password|adgangskode|kodeord|noeglekort|laptop|ipad|server|system|linjen|app"
    r"|headset|oplader|router|kopimaskine|hjemmeside|intranet|aula|nexus|sbsys)\w{0,8}"
)
TROUBLE = r"(?:jeg|vi) har (?:glemt|mistet) (?:mit|min|mine|vores) (?:password|adgangskode|kode|kodeord|login|brugernavn|noeglekort|pinkode|mitid)\w{0,4}|(?:jeg|vi|man) kan ikke (?:logge|printe|aabne|finde (?:min|mit|mine|ud af)|huske|finde (?:moede|link|mail|fil|dokument|formular|knap)\w{0,12})|hvordan (?:laver|skriver|bruger|opretter) (?:jeg|man|vi)|i can t (?:log|print|open)"
THING = (
    rf"(?:{DEVICE}|(?:min |mit |mine |den |det |alle |vores )?(?:fil|dokument|ikon|knap|link|kalender|mappe|moede|noegle|kop|krus|madpakke|kuglepen|stol|taske|jakke"
    r"|paraply|kaffe|maelk|kage|referat|bilag|regneark|billede|post|pakke|oplader|kabel|cursor|markoer|tekst|besked|notat|faktura|punkt|lommepenge|motivation|overblik"
    r"|blomst|plante|fisken|hund|kat|hamster|kanin|juletrae)\w{0,8})"
)
PAPERS = r"\w{0,12}(?:kursus|oplaeg|temadag|retningslinje|politik|kampagne|vejledning|foredrag|rapport|artikel|bog|podcast|film|serie|statistik|undervisning|webinar|instruks|plakat|pjece)\w{0,5}"
DULL = r"(?:helt |fuldstaendig |simpelthen |saa |naesten |lige |bare |snart |virkelig |lidt |ret |altsaa )?"
# Ordinary phrases with a danger's word in them.
IDIOMS = any_of(
    # burning
    r"braender (?:for|efter|varmt|igennem|sammen|hjerte\w*|(?:en )?(?:cd|dvd|usb)|mine fingre|fingrene|mine broer|lyset i begge ender)\b",
    rf"braender {DULL}paa(?=\W*$|[.,!]| (?:med|for|lige|derhjemme|i (?:dag|uge|afdelingen|projektet)))",
    r"braende\w{0,2} inde med\b|braendt (?:ud|inde|af paa|fingrene)\b|braendte (?:mandler|fingre|karameller|af|os|mig)\b|braendende (?:spoergsmaal|interesse|oenske|platform|aktuel|emne|behov|lyst|varm|kaerlighed)\w*",
    rf"{DEVICE} (?:er |har )?braendt sammen|{DEVICE} braender (?:papir|sammen|varm)",
    r"(?:oerer|oerene|oejne|oejnene|benene|laarene|musklerne|fingrene|solen|chilien) braender",
    r"braendt (?:kaffe|toast|popcorn|boller|kage|pizza|barn)\b|lugter af (?:\w{1,10} )?(?:braendt )?(?:kaffe|toast|popcorn)",
    r"i brand for\b|over brand\b|oever brand\b",
    r"brandfarlig\w* (?:chili|ret|mad|debat|emne|sag|kommentar|situation|politisk|spoergsmaal|sovs|salsa|udtalelse|sms|mail|nyhed|cocktail)\w*",
    r"(?:staerkt|employer|personlige?|visuelle?|nye|eget|vores|kommunens|personal) brand\b(?! (?:i|paa|er))|brand ?(?:book|manual|guide|manager|value|awareness|identity)",
    r"ild i (?:diskussion|debat|pejs|braendeovn|grill|baal|oejne|stearinlys|rump|maven|hjertet|sjael|bagdel|roeven|bagen|aftenen|moedet|krudtet)\w*",
    r"(?:taendt?|taender|taende) (?:op |lidt )?(?:ild|op) i (?:pejs|braendeovn|grill|baal)\w*",
    r"(?:puste\w* til|leger? med|gennem|jern i|haenderne i|gang i) ilden?\b(?: og vand)?|ild og vand\b|har (?:du|nogen|i) ild\b",
    r"fyre?[rt]? op (?:under|for|i) (?:grill|pejs|braendeovn|baal|stemning|festen|publikum|holdet)\w*",
    r"(?:branden|ilden) er slukket\b",
    r"(?:meeting|you|team|party|band|he|she|we|they|crowd) (?:was|were|are|is|re|s) on fire\b|fire up\b|(?:burning|heated) (?:man|platform|question|desire|calories)|campfire|fire (?:sale|emoji|playlist)",
    r"roegalarm\w* (?:mangler|skal|bipper fordi|faar|i alle)|brandalarm\w* (?:skal|bliver testet|testes|afproeves|tester)|(?:tester|afproever|tjekker|kontrollerer) (?:\w{1,8} )?(?:brand|roeg)alarm\w*|(?:test|afproevning|kontrol|service) af (?:brand|roeg)\w*",
    # smoke
    r"(?:stroem\w{0,6}|lyset|nettet|forbindelse\w{0,3}|server\w{0,3}|aftale\w{0,3}|budget\w{0,3}|penge\w{0,3}|opgave\w{0,3}|mail\w{0,5}|filen?|systemet|planen|tiden|moedet|jobbet|pladsen|jeg|han|hun|vi|de) roeg\b",
    r"der roeg (?:en|et|den|det|min|mit|budget)\w*|roegfri\w*|roegpause|smoke (?:test|break|free|and mirrors)s?",
    r"det ryger (?:direkte |bare |lige |saa )?(?:i (?:skrald|papir|spam|arkiv|kurven)|ned i|op i|over|ind i|videre|paa listen|ud af (?:kalender|budget|plan))\w*",
    # gas
    r"gi(?:v|ver|vet)\b (?:\w{1,6} )?(?:fuld |lidt |mere )?gas\b|gav (?:\w{1,6} )?gas\b|(?:fuld|mere|for meget|fuldt) gas\b|(?:skal der|kommer der|saet|saette|saetter) (?:\w{1,6} )?gas paa\b|(?:slip|slipper|sluppet) gassen\b|gas og bremse|tage?r? (?:\w{1,5} )?gas paa",
    r"gas\W?(?:grill|pedal|fyr|kedel|komfur|flaske)\w{0,6}|gas i flasken|gas til grill\w*",
    # shooting
    rf"skudt i (?:vejret|gang|saenk|bunden|chef|kantine|nabo|kollega|hinanden|dig|min|sin|en (?:kollega|fra))\w*|(?:er|blevet) {DULL}skudt i (?:ham|hende|min|sin)\b",
    r"(?:moede|frist|deadline|levering|kursus|aftale|opgave|ferie|start)\w{0,4} (?:er |bliver |blev )?skudt (?:en|et|to|tre|\d{1,2}|til|lidt)\b|skyder paa (?:kl|klokken|at|\d)\b",
    r"skudt (?:over maalet|forbi|afsted|af sted|hul|paa maal|ned i (?:byraadet|udvalget|oekonomiudvalget))",
    r"skyde?r?(?:t|de)? (?:\w{1,12} ){0,2}(?:genvej\w*|i gang|skylden|penge|i vejret|over maalet|skarpt|papegoejen|film|en film|billeder|fotos|hul i|hul paa|afsted|af sted|forbi|spurve|hjertet|loes|mail|sms|frem|op i)\b",
    r"skud (?:paa (?:tasken|maal|en pris)|i (?:taagen|boessen)|paa stammen|fra (?:hoften|boven))|(?:et|to|tre|ekstra|lille|dobbelt) skud (?:espresso|kaffe|vaccine|energi|humor|rom|insulin|gin|vodka)|nye skud\b",
    r"shooting (?:stars?|photos?|videos?|the breeze)|photo ?shooting|(?:flu|vaccine|espresso|screen) shots?",
    # weapons and threats
    r"knive? til (?:kage|broed|frokost|koekken|kantine|bordet)\w*",
    r"knivskarp\w*|(?:skarp|spids) som en kniv|kniv og gaffel|knive og gafler",
    r"true(?:r|t|de|nde)? (?:af|med) (?:lukning|fyring|regn|konkurs|nedskaering|besparelse|strejke|sne|udryddelse|at sige op)\w*|truer (?:oekonomi|velfaerd|budget|klima|natur|tidsplan|projekt|deadline)\w*",
    # bombs
    r"bombe af\b|kaste\w* en bombe|som en bombe|det er (?:helt )?bombe\b(?! (?:i|paa|under|her|ved|alarm|trussel))|bombe\w{0,2} under (?:budget|oekonomi|aftale|projekt|samarbejd|velfaerd|forhandling|valg|plan|regnskab)\w*|tikkende bombe|(?:bade|sex|kalorie|sukker|tids|stink|farve)bombe\w*",
    r"(?:film|koncert|fest|bog|sang)\w{0,4} (?:var|er) en bombe\b|bath ?bombs?|(?:the|da) bomb\b|bomb cyclone|bombay",
    r"rygende pistol|russisk roulette|skyde sig selv over|(?:gaar|gik|gaaet) ild i (?:mine|hans|hendes) (?:fingre|ben|sko)|stukket af en (?:bi|hveps|myg)",
    # explosions
    r"(?:chef|leder|borgmester|formand|kollega|kone)\w{0,5} (?:er ved at )?eksplo\w{1,10}",
    r"eksplo\w{1,12} (?:vaekst|udvikling|stigning|stemning|af (?:grin|vrede|glaede|latter|mails?|beskeder|lykke|henvendelser))",
    r"eksplo\w{1,12} i (?:antal|pris|udgift|henvendelse|salg|efterspoergsel|interesse|medie|popularitet|latter|mails|sager)\w*",
    r"(?:salg|pris|antal|fravaer|sygefravaer|udgift|budget|forbrug|regning|opslag|indbakke|mailboks|hoved|hjerne|kalender|interesse|efterspoergsel|facebook|vaekst|telefon)\w{0,12}(?: af \w{1,20})? (?:er |var |er ved at |har )?(?:helt )?eksplo\w{1,10}",
    # death and killing
    r"doed(?:s)? ?(?:traet|kedelig|sej|laekker|god|irriteret)\w*|doed og (?:begravet|pine)\b|doed (?:vinkel|tid|linje|punkt|vaegt)|doede (?:vinkel|punkt)",
    rf"{THING} (?:er|var|gik|blev) {DULL}(?:gaaet )?doede?\b|(?:jeg|vi) er {DULL}doede?\b|doed af (?:grin|latter|traethed)|naesten doed",
    r"(?:aftale|forslag|projekt|ide|sag|debat|fest|stemning)\w{0,4} er doed\b|doed\W{1,2}jeg holder fri\b|doede (?:sidste aar|i \d{4}|i fjor|for \w{1,8} (?:aar|maaneder|uger) siden)",
    r"drae?b(?:er|e|te) (?:mig|os) (?:det|den|de|her|med)\b|draeb(?:er|e|te) (?:tid|deadline|stemning|humoer|ide|motivation|debat|kreativ|al kreativ|lidt tid)\w*|(?:moede|deadline|uge|vejr|kaffe|traening|trafik|opgave|system|excel|det|det her)\w{0,3} draeber (?:mig|os)|(?:killing it|killing me|killer app)",
    r"selvmordsmission|mordere? pris|det er (?:rene )?mord at",
    r"kvael(?:er|es|t|e)? (?:debat|initiativ|kreativ|projekt|udvikling|i (?:mails?|arbejde|papir|opgaver|varme|moeder|bureaukrati|sager))\w*",
    # drowning
    r"drukne\w{0,2} (?:\w{1,12} )?(?:i|under) (?:alle |mine |de |nye |for mange |alt |den )?(?:arbejde|mail|opgave|papir|sag|moede|excel|data|henvendelse|opkald|telefon|vasketoej|post|dokument|besked|klage|info|sovs|gaeld|bureaukrati|gaver|slik|ting)\w*",
    rf"{DEVICE} (?:er |blev )?druknet|drukn\w{{1,5}} (?:min|mit) {DEVICE}",
    # wounded
    r"bloeder (?:penge|for|kunder)|hjerte\w{0,2} bloeder|blodig (?:alvor|boef)|naeseblod",
    rf"saaret (?:over|af (?:kommentar|det du|din|hendes|hans))\w*|(?:jeg|vi) er {DULL}kvaeste(?:t|de) (?:efter|af)|overfaldet af (?:mails?|spoergsmaal|journalister|opgaver|telefon\w*|boern\w*)",
    r"slugt (?:en|et) (?:kamel|bog|pizza|is|burger|hel|kage|halv|stor)\w*|taget (?:for mange|en masse) (?:opgave|mail)\w*",
    r"giftig(?:e)? (?:tone|stemning|kommentar|kultur|arbejdsmiljoe|leder|chef|relation|debat|mail)\w*|krampe i (?:ben|laeg|hand|finger|haand)\w*",
    r"(?:stjal|tog|tage(?:r)?) (?:mig |helt )?vejret fra|(?:styrer|bestemmer|kender|tjekket|set) (?:jo )?ikke vejret|hvordan er vejret",
    # gone, trapped, fallen
    r"(?:har|havde|er du|du er|er) savnet(?: (?:dig|jer|mig))?\b|savnet (?:dig|jer|kaffe|at|min|mit|mine|ferie|referat)\w*|missing (?:you|link|out)|savnes (?:svar|referat|dokument|underskrift)\w*",
    r"(?:link|file|attachment|page|document|password|key|parcel)s? (?:is|are) missing\b",
    rf"{THING} (?:er|var|blev|forsvandt) {DULL}(?:pludselig )?(?:forsvundet|vaek)\b|{THING} forsvandt\b|jeg forsvandt\b|forsvundet (?:fra|i|ud af) (?:kalender|indbakke|drevet|koeleskab|teams|outlook|systemet|posten|listen|kantinen)\w*",
    rf"(?:min|mit|mine|vores) (?!beboer|borger|barn|boern|baby|pige|dreng|elev|patient|kollega|mand|kone|kvinde|datter|soen|mor|far|bror|soester|bedste|chef|laerer|olde|kaereste|veninde|ven\b|nabo|tvilling|svoger)\w{{2,20}} (?:er|var|blev) {DULL}forsvundet",
    r"fanget (?:i (?:et |en )?(?:moede|koe|trafik|excel|mail|et system|bureaukrati|opgave|snak)\w*|mellem|fejlen|min interesse|opmaerksomhed\w*|en (?:fisk|mus|rotte|gedde)|pointen|den)|klemt (?:inde )?mellem",
    rf"{DEVICE} (?:gaar|gik|er gaaet) amok\b|(?:gaar|gik|gaaet) amok (?:i (?:udsalg|kage|jule|kommentar|slik)|paa (?:facebook|kagen)|over|med tilbud)\w*",
    r"(?:debat|moede|samtale|projekt|diskussion|plan|dagsorden)\w{0,4} (?:(?:er|blev|var|helt) ){0,3}afspor\w*|afspor\w{1,4} (?:debat|moede|samtale|diskussion|snak)\w*|(?:meeting|conversation|project|discussion|plan) (?:got |was |is )?derailed",
    r"(?:pris|salg|antal|temperatur|tal|procent|aktie|listen|kurs|renten)\w{0,6} (?:er |var )?faldet ned (?:paa|over)|faldet ned (?:paa|over) (?:listen|gulvet bag)",
    rf"(?:{DEVICE}|marked|aktie|kurs|boers|pris|korthus)\w{{0,8}} (?:er |var |blev )?styrtet sammen",
    rf"(?:{DEVICE}|papir|toej|kab|ledning|kuglepen|bold|affald|toner|pose|sne|taeppe|krummer|jakke|taske|bog|mappe)\w{{0,8}} (?:der )?ligger (?:\w{{1,20}} )?paa (?:gulvet|jorden|vejen|trappen|fortovet)",
    rf"(?:{DEVICE}|musen|markoer|koe|trafik|sag|pris|tallene)\w{{0,8}} roerer sig ikke|(?:{DEVICE}) (?:vil ikke vaagne|vaagner ikke|kan ikke vaagne)|(?:{DEVICE}) reagerer ikke",
    r"sl(?:aar|og) (?:min|sin|mig|os|ham|hende|dem) (?:egen |personlige |loes |at )?(?:rekord|i (?:skak|fodbold|bordfodbold|quiz|spil|tennis|badminton)|hver gang|til ridder|med)\w*",
    r"slaas (?:om|for|med (?:at|en|et|excel|teknik|printer|system))\w*|slaaet (?:pris|udgift|tempo|ordet)\w* ned|slagsmaal (?:om|for) (?:budget|pladser|kagen|parkering|ordene|penge)\w*|fagligt slagsmaal",
    r"proever at (?:komme|bryde) ind (?:i (?:teams|moedet|systemet|mailen|excel|sagen|kalenderen|aula|markedet)|paa (?:mail|system|nettet|aula|intra|siden|teams|moedet|arbejdsmarkedet))\w*",
    r"kan ikke komme ud (?:til|i (?:dag|morgen)|paa (?:tur|besoeg)|af (?:excel|teams|menu|sengen|app|program|moedet))\w*",
    r"(?:hoppe|springe|hopper|springer) ud (?:af|fra) (?:moedet|sagen|opkaldet|projektet|sengen|traaden|gruppen|teamet|listen|teams)",
    r"(?:boeg\w{0,2}|trae\w{0,4}|blomst\w{0,5}|knop\w{0,5}|rose\w{0,3}|syren\w{0,4}|foraaret|haven) (?:er )?sprunget ud|sprunget ud (?:som|i (?:blomst|skoven))",
    r"forfaerdeligt (?:vejr|moede|vigtig|meget|kedelig|lang|dyr|traet|mange|god|sjov|kold|varm|system|larm)\w*|(?:smager|lugter|lyder|ser|vejr\w{0,3}|kaffe\w{0,3}) (?:\w{1,8} )?forfaerdeligt",
    # help with what is ordinary
    rf"(?:hj(?:ae|a|e)lp|help|hilfe) (?:{TROUBLE}|{DEVICE})",
    rf"{DEVICE} virker (?:\w{{1,10}} )?ikke\W{{1,3}}hj(?:ae|a|e)lp",
    rf"(?:hj(?:ae|a|e)lp|help|hilfe)\W{{1,3}}(?:{TROUBLE})",
    rf"(?:hj(?:ae|a|e)lp|help) (?:mig|os|me|us) (?:lige )?(?:med|with) (?:{DEVICE}|my login|at (?:booke|printe|logge|bestille|oprette|udfylde))",
    # what is written, taught and signed of it
    rf"{PAPERS} (?:om|i|mod|vedroerende) (?:\w{{1,15}} ){{0,3}}(?:brand|vold|terror|selvmord|trusler|overfald|drukn|mord|bombe|skyderi|roeveri|voldtaegt|forgiftning)\w*",
    r"kursus\b[^.!?\n]{0,40}\bbrand\b|sos (?:boernebyer|international|assistance)|(?:emergency|fire) (?:exit|drill|plan|contact)s?",
    r"(?:murder|mord) (?:mystery|gaade|paa roulade)|krimi\w{0,4}",
)

# What turns a danger's word into something else: "der er ingen brand"; and a drill, wherever it is said.
NONE = frozenset({"ingen", "ikke", "no", "not", "kein", "keine", "nicht"})
NOBODY = NONE - {"ikke", "not", "nicht"}
ANIMALS = frozenset({"fisk", "fugle", "fugl", "dyr", "mus", "rotter", "rotte", "due", "maage"})
DRILLS = frozenset({"oevelse", "oevelsen", "brandoevelse", "drill", "uebung"})
# That it is the real thing: the word for a drill is none then.
NO_DRILL = re.compile(
    r"\b(?:ingen|ikke (?:en |nogen )?|not a |no |keine? )\W{0,2}(?:oevelse|drill|uebung)\b|\b(?:oevelse|oevelsen) (?:er )?slut\b"
)
# Where it is somebody else's, and told of: it is asked about, and rings nobody by itself.
ABROAD = (
    r"(?:usa|amerika|ukraine|rusland|gaza|israel|iran|irak|syrien|libanon|afghanistan|kina|japan|indien|sudan|afrika|sverige|norge|finland|tyskland"
    r"|polen|frankrig|spanien|italien|graekenland|tyrkiet|england|london|paris|berlin|mellemoesten|europa|udlandet|eu|nato|australien|brasilien)"
)
NEWS = re.compile(
    rf"\bi (?:tv )?avisen\b|\bi (?:nyhederne|radioavisen)\b|\btv ?2 news\b|^(?:dr|tv ?2|bt|politiken|ritzau) ?:|\bder var\b[^.!?\n]{{0,60}}\bi gaar\b|\bi {ABROAD}\b"
)
# A crisis that is nobody's preparedness: one's own, a market's, another country's.
PRIVATE = r"(?:aegteskab|forhold|parforhold|familie|liv|samliv|privatliv|kaerlighed|kaereste|kone|mand|svigermor|hund|vennegruppe|veninde|fodboldhold|garderobe)\w{0,6}"
ELSEWHERES_CRISIS = re.compile(
    r"\b(?:midtvejs|midtlivs|identitets|finans|bolig|tros|parforholds|aegteskabs|samlivs|gaelds|regerings|olie|euro|livs|alders|teenage|eksistens"
    r"|trediveaars|fyrreaars|halvtredsaars|\d{2} ?aars ?)krise\w{0,3}\b|\bmid ?life crisis\b"
    rf"|\bkrise\w{{0,2}} (?:\w{{1,10}} ){{0,2}}(?:i|med|hos|mellem|paa|over) (?:(?:mit|min|mine|vores|deres|hans|hendes|sit|sin) (?:\w{{1,10}} )?)?(?:{PRIVATE}|{ABROAD}"
    r"|(?:folketing|regering|christiansborg|boligmarked|kongehus|landshold|superliga|fck|broendby|partiet|venstre|bilindustri|landbrug)\w{0,5})\b"
    r"|\b(?:har|faar|fik|haft) (?:en )?(?:lille |stor |personlig |eksistentiel )?krise (?:med|over|fordi)\b|\b(?:personlig|eksistentiel|politisk|oekonomisk) krise\b"
)
# How a sentence ends that tells of what is over.
OVER = (" er slukket", " er slukket igen", " er fundet", " er fundet igen", " er fundet i god behold")
ORDINARY = """
    brandmand brandfolk brandoevelse brandert brandvarm brandslukker brandinspek brandstation branding brandsikr
    brandkursus brandmoede brandtilsyn branddoer brandtaeppe brandslus brandbil brandansvar brandhane brandteori brandmyndig
    braendes_ braende_ braendeovn gasregning gaspris ildsjael vandkande bombesik bombast bombard terrorsik terrorpakke
    skuddermudder skudaar vaabenhvile vaabenskjold hildebrand_ koldbrand_ rembrand gasser doedsbo
    brandskab brandgod_ brandgode_ brandhaemm brandalarmanlaeg brandtrappe brandvej brandplan brandudgang brandgul brandroed brandpude brandpunkt
"""
