"""The words that `dangers` hears of danger and of help; see `false_alarm_words` for what only sounds like it. Folded, in kinds; each stands for its
kind, and its examples are rows of tests/handlers/alert/first_messages.yaml."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["da", "en", "de", "uk"]
LANGUAGES: tuple[Language, ...] = ("da", "en", "de", "uk")


def any_of(*kinds: str) -> re.Pattern[str]:
    """Put phrases together, each read from the beginning of a word."""
    return re.compile(rf"\b(?:{'|'.join(kinds)})")


# --- What is grave: fire, gas, violence, illness, somebody missing, a cry for help --------------------------------------

# Beginnings of words that say it alone; what ends in "_" is a whole word, what begins with "-" is a word's end.
GRAVE: dict[Language, str] = {
    "da": """
        brand brann_ bran_ brnad_ barnd_ brannd_ branalarm -brand -branden roegalarm ildebrand ildloes ild_ ilden_ flammer_
        flammerne_ braender_ braendte_ braendende_ antaendt_ antaendes_ roeg_ roegen_ roegudvikling
        eksplo -eksplosion -eksplosionen gaslugt gaslaek gasudslip gasalarm gas_ gassen_ klorgas klorudslip kulilte ammoniak
        kemikalieudslip giftudslip giftig_ forgift roegforgift
        skyder_ skyderi -skyderi stikkeri_ skydes_ skydning_ skudepisode skud_ skudt_ skuddrab skudsaar skudveksl skudoffer
        kniv_ knivstik knivsta knivdrab oekse_ machete vaaben haandvaaben skydevaaben bevaebn pistol_ maskinpistol revolver_
        gevaer_ haglgevaer jagtgevaer maskingevaer riffel_ rifler_ granat_ granaten_ haandgranat bombe
        overfald vold_ voldeli voldtaeg voldtag slagsmaal masseslagsmaal haandgemaeng kvaelertag roeveri
        gidsel gidsler gidselt kidnap bortfoert terror gerningsmand amok_ truer_ truet_ trusler_ doedstrus draebertrus
        draebt_ draebte_ myrdet_ drab_ drabet_ mord_ mordet_ omkommet omkomne doed_ doede_ doeende
        bevidstloes besvimet besvimer_ besvimede_ livloes ukontaktbar hjertestop hjerteanfald hjerteinfarkt hjertetilfaelde hjertestarter_ brystsmerter
        blodprop slagtilfaelde hjernebloedning kramper_ krampeanfald feberkrampe epileptisk anafylak kvaelning kvaeles_ kvalt_
        bloeder_ bloedte_ bloedning_ bloedninger_ forbloed tilskadekom saaret_ saarede_ kvaeste overdosis_ drukn
        selvmord afskedsbrev ambulance_ ambulancer_ livsfar livstruende
        forsvundet forsvandt savnet_ savnes_ indespaerre fanget_ fastklemt_ sammenstyrt afspor pulverbrev
        dusoer_ noedhjaelp sos_ mayday_
    """,
    "en": """
        smoke_ burning_ explosion exploded gasleak shooting_ shooter_ gunman gunshot stabbed stabbing knife_ rifle_ rifles_ shotgun
        attacked assaulted violence_ violent_ bomb_ bombs_ hostage kidnapp raped_ murder
        missing_ unconscious unresponsive_ choking_ seizure_ bleeding_ injured_ dying_ drowning_ drowned_ overdose poisoned_
        derailed_ emergency_ ambulance_ trapped_ suicide_
    """,
    "de": """
        feuer_ feueralarm brennt_ rauch_ gasgeruch gasleck explodier schiesst_ schiesserei schusse erschossen erstochen
        niedergestochen ueberfall uberfall gewalt_ waffe_ bewaffnet pistole_ gewehr_ bombe_ geisel amoklauf
        verschwunden vermisst bewusstlos zusammengebrochen herzinfarkt herzstillstand schlaganfall krampfanfall erstick
        blutet_ verblutet verletzt ertrink ertrunk eingeklemmt entgleis selbstmord krankenwagen notfall_ leiche_
    """,
    "uk": """
        пожеж горит дим_ задимл палає вибух газом_ рятуит зник пропала_ пропав_ загроза_ витік заблокован
        стріля ніж_ ножем_ ножами_ зброя зброю рушниц гвинтівк пістолет озброєн напа бомб заручник
        поранен кров_ крові_ кровотеч непритомн задиха інфаркт інсульт помира вмира мертв самогуб
        тон_ тоне_ тонут потону втопи утопи швидку_
    """,
}
# A cry for help, fire and smoke in what else is spoken in a Danish town: Polish, Arabic, Russian, Turkish, Romanian. They
# are answered in English beside the Danish.
ELSEWHERE = """
    pomocy_ pali_ oddycha_ pozar_ pozaru_ ratunku_ ratujcie_ حريق_ الحريق_ النار_ نار_ ساعدوني_ ساعدونا_ النجدة_ نجدة_ انقذوني_
    пожар помогите_ спасите_ горим_ тонет_ стреляют_ yangin imdat_ incendiu ajutor_
"""
# Who it happens to.
PERSON = (
    r"(?:(?:en|et|min|mit|vores|to|tre|den|det) )?(?:(?:beboer|borger|barn|boern|pige|dreng|elev|patient|kollega|paedagog|medarbejder|haandvaerker)\w{0,20}"
    r"|(?:baby|mand|maend|kvinde|dame|person|fyr|laerer|ansat|datter|soen|kone|mor|far|bror|soester|mormor|farmor|morfar|farfar|bedstemor|bedstefar|cyklist)(?:e?n|ene|te)?\b)"
)
VICTIM = r"(?:os|mig|ham|hende|dem|jer|personalet|boern\w{0,4}|laerer\w{0,4}|elev\w{0,4}|mor|far|min \w{2,12})\b"
ANYBODY = rf"(?:{VICTIM}|(?:alle|nogen|folk|sig selv|en)\b)"
WEAPON = r"(?:kniv|knive|knivene|oekse|riffel|gevaer|haglgevaer|pistol|machete|revolver|svaerd|dolk|vaaben|skydevaaben)"
GROUND = r"(?:gulvet|jorden|vejen|gaden|fortovet|trappen|perronen|toilettet|badet)"
HOMES = r"(?:plejehjem|plejecent|bosted|institution|boernehave|vuggestue|afdeling|hospital)\w{0,10}"
# The same in several words, read from the beginning of a word.
GRAVE_PHRASES: dict[Language, re.Pattern[str]] = {
    "da": any_of(
        # breath and heart
        r"ikke vejret\b",
        r"ikke traekke vejret",
        r"(?:ik|it|itte) (?:faa|traekke) vejret",
        r"(?:traekke vejret|faa luft)\b.{0,80}\bsvaert",
        r"svaert ved at (?:traekke vejret|faa luft|aande)",
        r"(?:ikke|ingen|ik|itte) (?:faa |faar )?luft\b",
        r"faar (?:ikke|ingen) luft",
        r"(?:ikke|ik|itte|ingen|uden|mistet) (?:noget |nogen |laengere |en )?puls\w{0,2}\b",
        r"ikke maerke (?:\w{1,10} )?puls",
        r"holdt op med at (?:traekke vejret|aande)",
        r"aander ikke",
        r"(?:hiver|gisper) efter (?:vejret|luft)",
        r"hjerte stop\b",
        r"hjertet (?:er )?(?:gaaet i staa|stoppet|slaar ikke)",
        r"(?:ondt i|smerter i|trykken for) brystet",
        r"ved at (?:blive kvalt|kvaeles)",
        r"galt i halsen",
        r"blaa (?:i hovedet|i ansigtet|om laeberne|om munden)",
        r"(?:hun|barnet|babyen) er (?:helt |blevet )?blaa\b",
        r"svarer ikke (?:\w{1,8} )?og er (?:\w{1,6} )?(?:hvid|graa|bleg|kold|blaa)\b",
        # unconscious, hurt, ill
        r"faldet om\b",
        rf"(?:han|hun|{PERSON}) er (?:lige |pludselig )?kollapset",
        r"(?:uden|ikke ved|mistet) bevidsthed",
        r"ikke kontaktbar",
        r"ikke (?:faa |komme i )?kontakt (?:med|til) (?:ham|hende|barnet|beboeren|borgeren)",
        rf"(?:han|hun|{PERSON}) reagerer ikke",
        r"har krampe\b(?! i)",
        r"(?:ligger|gaaet|gaar|er) i krampe",
        r"allergisk (?:chok|reaktion)",
        r"insulinchok",
        r"(?:vaagner ikke|(?:vil|kan) ikke vaagne)\b",
        r"(?:skaev|haenger|hang) i (?:ansigtet|munden|mundvigen|den ene|det ene)",
        r"lam(?:met)? i (?:den ene|halve|hoejre|venstre)",
        r"ligger (?:\w{1,20} )?paa gulvet",
        rf"ligger (?:{PERSON}|en)(?: \w{{1,12}}){{0,3}} paa {GROUND}",
        rf"(?:han|hun|{PERSON}) ligger (?:\w{{1,20}} )?(?:paa|ude paa|nede paa) {GROUND}",
        rf"(?:hun|han|{PERSON}) (?:der |som )?(?:bare )?ligger (?:helt )?stille\b",
        r"roerer sig ikke",
        r"ikke bevaege (?:ben|arm|sig)",
        r"blod (?:over|overalt|ud af|paa (?:gulvet|vaeggen|trappen|gangen|haenderne))",
        r"(?:meget|masser af|fuld af) blod\b",
        r"skaaret (?:sig|(?:\w{1,8} )?(?:finger|haand|arm|ben|hals|pulsaare)\w{0,4})\b",
        r"(?:finger\w{0,3}|haand\w{0,3}|arm\w{0,3}|ben\w{0,3}) (?:er )?(?:skaaret|revet|klippet) (?:af|over)",
        r"(?:kommet|kom) (?:\w{1,12} )?til skade\b(?! for)",
        r"slugt (?:en|et|noget)\b",
        r"taget (?:en masse|for mange|en haandfuld|alle sine|alle) piller",
        r"(?:spist|drukket|slugt) (?:\w{1,12} )?(?:vaskemid|opvask|afloebsrens|klorin|rottegift|syre|sprinklervaeske|frostvaeske|svampe|rengoering|terpentin|benzin|gift|batteri)\w{0,10}",
        r"(?:snittet|stukket|hakket|skudt) sig (?:selv|i haandled|i hals|i arm|i mave)",
        r"(?:i gang med|ved) at foede\b",
        r"hun foeder\b(?! (?:i|til|om|foerst)\b)",
        r"(?:ramt af|faaet) (?:et )?(?:stroem|lynet|elektrisk stoed|stoed)\b",
        r"(?:han|hun|de|jeg|vi|barnet|babyen) doer\b(?! af (?:grin|varme|kede|sult|nysger|skam|torst|toerst))",
        r"(?:et|fundet|ligger|der er) (?:et )?lig\b(?! (?:med|nu))",
        # suicide
        r"(?:tage[r]?|taget) (?:sit (?:eget )?liv|livet af sig)",
        r"vil (?:ikke leve|gerne doe|bare doe|doe\b)",
        r"(?:gider|magter|orker|oensker) ikke (?:at )?leve",
        r"bedre (?:af )?uden mig\b",
        r"(?:hopper|springer|hoppet|sprunget) (?:\w{1,8} )?(?:ud |ned )?(?:fra|foran) (?:\d|taget|broen|et tog|toget|vinduet|altanen|et vindue)",
        r"haengt sig|haenger sig|haenge sig",
        r"skaerer (?:i )?sig (?:selv|i arm\w{0,4})",
        r"(?:hoppe|springe) ud (?:fra|af|foran)",
        r"(?:paa (?:taget|broen|kanten)|vindueskarmen)\b.{0,60}\bvil (?:hoppe|springe)",
        r"sprunget ud\b(?! (?:over|paa vejen|i kaelderen))",
        # violence
        rf"(?:med|har|traekker|trukket|trak|svinger|viftede?r?|fundet) (?:en |et |sin |flere |to )?(?:\w{{1,12}} )?{WEAPON}\b",
        rf"(?:mand|kvinde|dreng|fyr|person|elev|en|de|nogen) (?:med|har) (?:\w{{1,12}} )?{WEAPON}\b",
        rf"(?:skyde|draebe|myrde|kvaele|overfalde|voldtage)r? (?:lige |ogsaa )?{ANYBODY}",
        rf"(?:banke|taeve|taeske)r? {VICTIM}",
        rf"(?:taeskede|taevede|kvaelte|draebte|myrdede) {ANYBODY}",
        rf"skoed (?:paa|mod|efter) {ANYBODY}|skoed {VICTIM}",
        r"(?<!det )(?:sparker|sparkede|slog|bankede) (?:paa |efter |loes paa )?(?:ham|hende|mig|personalet|boernene)\b",
        rf"slaar? (?:loes )?(?:paa|efter) {VICTIM}",
        rf"(?:jeg|hun|han|{PERSON}) (?:er|blev) (?:blevet )?(?:\w{{1,10}} og )?(?:slaaet|sparket|kvaelt)\b(?! (?:ud|fra|til|af|ind|op|fast|sammen|paa))",
        r"(?:er|bliver|virker|meget) truende\b",
        r"vi (?:gemmer|har gemt) os\b",
        r"komme og (?:skyde|draebe|slaa|stikke|braende)",
        r"smadrer (?:alt|det hele|inventar|lokal|moebl|kontor|sted|bil)\w{0,5}",
        r"skudhul",
        r"(?:hund|hunde|mand|kvinde|borger|beboer|elev|nogen|han|hun) (?:har )?(?:\w{1,8} )?(?:angrebet|angriber)\b",
        r"har taget (?:mit|mine|vores|hendes) (?:barn|boern|datter|soen)\w{0,3}\b(?! med)",
        r"kaster (?:\w{1,8} )?(?:brosten|sten|flasker|molotov)",
        r"(?<!det )slaar (?:mor|far|hende|ham|mig|os|boernene|min|sin)\b",
        r"slaa (?!tid)(?:\w{1,10} ){1,3}ihjel",
        r"(?:er blevet|har) slaaet (?:\w{1,20} ){0,3}ned\b(?! paa)",
        r"stukket (?:\w{1,20} )?ned\b",
        rf"har stukket {PERSON}(?! (?:en|et|noget|til) \w)",
        r"bliver (?:taesket|taevet|gennembanket)\b",
        r"stukket (?:ham|hende|mig|os|i (?:maven|halsen|ryggen|brystet|benet|armen))\b",
        r"(?:de|unge|maend|elever|beboere|drenge|boern|folk|to)(?: \w{1,12}){0,2} slaas\b(?! (?:om|for|mod|imod|af|op|til|fra|sammen|med (?:at|en|et|excel|teknik|printer|system)))",
        r"(?:bryder?|braekker?|sparker?) (?:\w{1,12} )?(?:doer|rude|vindue)\w{0,4}",
        r"proever at (?:komme|bryde|braekke sig) ind\b|ved at (?:bryde|braekke sig) ind\b",
        # missing
        rf"ikke finde {PERSON}(?! (?:i|paa|under) (?:teams|outlook|listen|systemet|nexus|sagen|kartoteket)\b)",
        r"ikke finde (?:ham|hende|dem)\b(?! (?:i|paa|under) (?:teams|outlook|listen|systemet|telefonlisten|adressebogen|plan|intra|facebook|linkedin))",
        rf"{PERSON}(?: \w{{1,20}})? er ikke kommet hjem",
        rf"{PERSON}(?: \w{{1,20}}){{0,3}}? kom ikke (?:med )?hjem",
        rf"{PERSON}(?: \w{{1,20}}){{0,3}}? (?:stukket af|loebet (?:vaek|hjemmefra))",
        rf"{PERSON} (?:som )?(?:vi|jeg|man|de|ingen) (?:ikke )?(?:kan )?(?:ikke )?finde",
        rf"{PERSON}(?: \w{{1,20}}){{0,3}}? (?:gaaet|forladt|rendt) (?:ud )?(?:fra |af )?{HOMES}",
        r"ikke kommet hjem\b.{0,80}\bdement",
        r"dement\w{0,6}\b.{0,40}\bgaaet (?:ud|fra)\b",
        r"gaaet (?:ud|fra)\b.{0,60}\b(?:nattoej|sneen|kulden|natten|moerket)\b",
        r"mangler (?:et|en|to|tre|fire|\d{1,2}) (?:barn|boern|elev|beboer|borger)\w{0,20}(?! i\b| til\b)\b",
        r"(?:forsoeger|proever) at tage (?:et |mit )?boern\w{0,5} med",
        r"ikke finde \w{2,15} (?:fra|i) \w{2,12} stue\b",
        r"(?:talt|taeller) (?:\w{1,6} )?(?:boern|elever|beboer)\w{0,4}\b.{0,30}\bmangler (?:en|et|to|tre|\d{1,2})$",
        # water
        r"faldet i (?:soeen|vandet|aaen|havnen|kanalen|branddammen|bassinet|poolen)",
        rf"der (?:er|ligger|flyder) (?:{PERSON}|(?:en|nogen|en mand|en kvinde|en person)) i (?:vandet|soeen|havnen|aaen|bassinet|poolen)",
        r"(?:ligger|flyder) (?:\w{1,12} )?(?:i bassinet|med hovedet nedad)",
        rf"(?:han|hun|barnet|babyen|{PERSON}) er under vand(?:et)?\b",
        r"vandet stiger\b.{0,40}\btaget\b",
        r"kommer ikke op (?:igen|til overfladen|af vandet)",
        r"i?gennem isen",
        rf"(?:{PERSON}|nogen|en) (?:der )?(?:er )?ude paa isen",
        r"(?:kano|kajak|baad|jolle|faerge|skib)\w{0,4} (?:er )?(?:kaentret|kaentrede|sunket|synker)",
        r"(?:koerestol|barnevogn|bil)\w{0,3} (?:er )?(?:koert |trillet |faldet |roeget )?(?:ud )?i (?:soeen|havnen|vandet|aaen|kanalen)",
        # what falls, crashes and jams
        r"styrtet (?:sammen|ned (?:fra|ad|af))",
        r"faldet ned (?:over|paa|i hovedet)",
        r"faldet (?:ud (?:ad|af|fra) (?:et |vinduet|altanen|2|3|4)|ned (?:fra|ad|gennem) (?:tag|stige|stillads|trappe|loft|altan|\w{1,8} sal))",
        r"vaeltet ned over (?:en|ham|hende|os|nogen|folk|boern|barn)",
        rf"ligger (?:der )?(?:en|nogen|folk|flere|han|hun|{PERSON})(?: \w{{1,12}})? under\b",
        r"ligger (?:\w{1,20} )?under (?:bil|bus|tog|lastbil|traktor|mur|trae|stillads|ruin|brokker|reol|maskin|hjul|truck|loftet|taget|vraget|lavine)\w{0,8}",
        r"givet efter\b.{0,80}\bfald",
        r"(?:loftet|taget|vaeggen|muren|stilladset|kranen) er (?:styrtet|faldet) ned",
        r"(?:loftet|taget|vaeggen|muren|gulvet|bygningen|huset|broen) (?:falder|styrter|kollapser|braser|synker)\b",
        r"sidder fast\b.{0,80}\b(?:syg|saaret)",
        r"sidder fast i (?:rud|vindue|maskin|gelaender|elevatordoer)\w{0,8}",
        r"klemt (?:under|fast|inde)",
        r"(?:det|noget|bilen|huset|bygningen|kedlen) (?:er )?spr(?:ang|unget) i luften",
        r"koert (?:ind i en (?:flok|gruppe)|over en|gennem doeren|frontalt)",
        r"koert ind i (?:boernehave|vuggestue|skole|plejehjem|plejecent|raadhus|bibliotek|busskur|bussen|huset|facaden|folk)",
        r"(?:er|blev|blevet) (?:koert (?:over|ned)|ramt af (?:en |et )?(?:bil|bus|tog|lastbil|letbane|motorcykel))\b",
        r"folk er (?:blevet )?ramt",
        r"(?:bus|skolebus|minibus)\w{0,5}(?: \w{1,12}){0,4} (?:i groeften|paa hovedet|vaeltet)",
        # fire and gas
        r"(?:er|har) (?:gaaet |sat )?ild (?:i|paa|ved)\b",
        r"fyr i (?:taget|loftet|huset|gardine)",
        r"lys lue",
        r"lugter (?:af )?(?:braendt|roeg|svedent)",
        r"det ryger\b",
        r"ulmer i (?:taget|loftet|vaeggen|isoleringen|skrald\w{0,10})",
        r"ulmebrand",
        r"(?:sprunget|ramt|gravet|brud|hul|laek)\b.{0,30}\bgas(?:ledning|roer|stik)",
        r"gas(?:ledning|roer|stik)\w{0,4}\b.{0,30}\b(?:sprunget|ramt|gravet|brud|hul|laek)",
        r"(?:haeldt|haelder) (?:\w{1,8} )?benzin",
        r"(?:lighter og benzin|benzin og (?:en )?lighter|molotov)",
        r"det osser\b(?! af)",
        r"lugter (?:\w{1,10} )?af (?:\w{1,8} )?(?:plastik|gummi|ledninger)\b",
        r"(?:sluppet|siver) (?:\w{1,6} )?(?:klor|gas|ammoniak)",
        r"(?:klor|gas)uheld",
        r"klor\b.{0,40}\bhoster",
        # a cry
        r"kan ikke komme ud\b",
        rf"ikke faa (?:{PERSON}|ham|hende|dem|folk|alle) ud\b",
        r"(?:er|bliver|har) (?:\w{1,8} )?laast (?:\w{1,6} )?inde\b",
        r"kan nogen hjaelpe os",
        r"forfaerdeligt",
        r"mistaenkelig\w{0,4} (?:pakke|taske|kuffert|brev|genstand|person)",
        r"(?:brev|kuvert|pakke) med (?:\w{1,8} )?pulver",
    ),
    "en": any_of(
        r"not breathing",
        r"can(?: ?t|not) breathe|not breathe|stopped breathing|couldn ?t breathe",
        r"(?:no|any|without a|got a|have a) pulse",
        r"(?:having|had|has|have) a (?:stroke|seizure|heart attack)",
        r"heart attack",
        r"passed out",
        r"wont wake up|won t wake up|not waking up",
        r"collapsed\b",
        r"(?:so much|lots of|a lot of) blood|blood (?:everywhere|all over)",
        r"(?:he|she|they|someone|somebody|man|woman|child|resident|patient|colleague) (?:is|are|s|looks) dead\b",
        r"dead body|found dead",
        r"going to jump|(?:kill|killing) (?:us|him|her|everyone|everybody|himself|herself|people|me\b(?! softly))",
        r"went missing|(?:child|kid|boy|girl|resident|patient|man|woman|person) (?:has )?disappeared",
        r"smell (?:of )?gas|smells? like gas|gas leak",
        r"(?:a|the|on|is|s|there|theres|big|small|house|kitchen|school|building|car|caught) fires?\b|set (?:fire to|on fire)",
        r"fire (?:at the|in the|in my|in our|on the|alarm|is (?:spreading|burning|in|coming)|everywhere|brigade|department|please)\b",
        r"^(?:fire )*fire$",
        r"(?:a|the|his|her|with|got|has|have|pulled) (?:hand)?guns?\b",
        r"(?:with|has|have|had|got|pulled) (?:a |an )?(?:\w{1,10} )?(?:knife|knives|axe|machete|rifle|sword|hammer|weapon)s?\b",
        r"(?:been|got|was|were|is|are) (?:just )?shot\b|shots fired",
        r"is threatening|threatening (?:us|me|to)",
        r"(?:hit|run over|struck) by (?:a |the )?(?:car|bus|train|truck|lorry)|run over",
        r"breaking in(?:to)?\b|broke in(?:to)?\b|wants? to die\b|is fighting|are fighting|a fight\b",
    ),
    "de": any_of(
        r"nach gas",
        r"atmet (?:nicht|kaum)",
        r"(?:kein|keinen|ohne) puls",
        r"keine luft",
        r"kind ist weg",
        r"(?:ein|einem|mit|das|einen) messern?\b",
        r"vor den zug|aus dem fenster gesprungen",
        r"blut uberall|viel blut|uberall (?:ist )?blut",
        r"(?:er|sie|mann|frau|jemand|kind|kollege|mutter|vater|bewohner\w{0,2}|patient\w{0,2}) (?:ist|sind) tot\b|liegt (?:\w{1,10} )?am boden",
        r"uberfahren worden|vom (?:zug|auto|bus) (?:erfasst|uberfahren)",
        r"bedroht (?:uns|mich|die)",
    ),
    "uk": any_of(
        r"не дихає|не дихае|не дышит",
        r"без свідом",
        r"(?:немає|нема|нет) пульсу?|пульсу (?:немає|нема)",
        r"з реиок",
        r"не можу дихати",
        r"з (?:ножем|ножами|рушницею|пістолетом)",
        r"погрожує",
        r"не рухається|зі зброєю",
    ),
}
# The same where a cry for help is more than a greeting's word: it counts with anything beside it, and doubled.
HELP: dict[Language, frozenset[str]] = {
    "da": frozenset({"hjaelp", "hjaalp", "hjælp"}),
    "en": frozenset({"help"}),
    "de": frozenset({"hilfe"}),
    "uk": frozenset({"допоможіть", "допоможить", "допомога", "допомогу"}),
}
# After a cry for help: it is asked for with something ordinary.
WITH_WHAT = re.compile(r"(?:til|med|with|bei|mit|з|із)\b")
CRIES = ("🆘", "🔥", "🚨", "🚒", "🚑")
# What isn't words and no greeting either: a cry's signs, a frightened face, and marks in place of words.
FRIGHT = re.compile(f"[{''.join(CRIES)}😱😨😰😧😭😫🥵🤮🤢⚠☠💀🔪🔫💣💥🌊🩸⛑]|[!‼?⁉❗❓]{{2}}|[‼⁉❗❓]")
# What is written wrong with a shaking thumb and still heard: one typing error in a long word.
MISSPELT = (
    "braender",
    "ildebrand",
    "brandalarm",
    "eksplosion",
    "bevidstloes",
    "hjertestop",
    "forsvundet",
    "livsfare",
    "skyderi",
    "gasudslip",
    "slagsmaal",
    "selvmord",
)
HELP_MISSPELT = re.compile(r"h*j(?=[ael]*l)(?:ae|aa|l|e)+p+(?:nu)?|h+ael+p+|jh(?:ae|aa|e)lp|hj(?:ae|aa|e)pl|hlp+")
# Somebody who is gone, wherever the two words stand beside each other; and not who is away for the day.
SOMEBODY = (
    r"(?:beboer|beboeren|beboere|borger|borgeren|barn|barnet|boernene|pige|pigen|dreng|drengen|elev|eleven|mor|far|kollega|kollegaen|patient|patienten"
    r"|demente|dement|mand|manden|kvinde|kvinden|datter|soen|kone|mormor|farmor|morfar|farfar|bror|soester|babyen|tvillingerne)"
)
AWAY = r"(?:vaek|forsvundet|savnet|bortloebet|bortgaaet)"
GONE = re.compile(
    rf"\b{SOMEBODY}(?: (?!jeg\b|vi\b)\w{{1,15}}){{0,4}} {AWAY}\b(?! (?:paa (?:ferie|kursus|arbejde|forretning|rejse)|i (?:dag|morgen|aften|uge)|til|hele|resten|denne)\b)"
    rf"|\b(?:han|hun|den|det|de) er {AWAY} (?:\w{{1,15}} )?{SOMEBODY}\b"
)

# --- What is real, and not on the list above: the question is asked, and waits for its answer ----------------------------

REAL: dict[Language, str] = {
    "da": """
        vand_ vandet_ oversvoem skybrud kloak stroemmen_ stroem_ stroemsvigt stroemafbryd stroemudfald varmen_
        udslip -udslip smitte udbrud epidemi syge_ hacke ransomware cyberangreb nedbrud trussel_ evakuer storm_ orkan_
        ledningsbrud vandbrud vandvaerk braendt_ ulykke ulykken_ fare_ farlig uheld_ vaelte kollaps alarm 112_
        trafikulykke togulykke flyulykke -ulykke trafikuheld salmonella legionella meningitis kolibakterier krypteret noedkald styrtet_ styrtede_
        stroemfoerende paakoert paakoersel sammenbrud briste_ brister_ elevatoren_ respirator generator noedgenerator drikkevand
        kortslut gnister_ gnistrer_ haervaerk indbrud overgreb uroligheder tumult forbraend skoldet_ rotter_
    """,
    "en": """
        flood flooded flooding water_ power_ outage_ accident_ danger_ hacked evacuat storm_ leak_ leaking_
    """,
    "de": """
        hochwasser ueberschwemm uberschwemm wasser_ stromausfall unfall_ gefahr_ sturm_ gehackt
    """,
    "uk": """
        повінь затоп вода_ світла_ авар небезпек шторм
    """,
}
REAL_PHRASES = any_of(
    r"(?:vi|alle) (?:skal|maa|bliver noedt til at) (?:alle |nu |straks |hurtigt )?ud\b(?! (?:og|at|paa|til|i|med|for|fra|ad)\b)",
    r"(?:ud af|forlade|roemme) (?:bygningen|huset|skolen|raadhuset|plejehjemmet|lejligheden|hallen|centeret)",
    r"(?:er|bliver) (?:saa |meget )?(?:bange|raedd?e?)\b",
    r"blaa blink",
    r"(?:bus|bil|lastbil|letbane|tog|ambulance|cyklist|cykel|motorcykel|traktor)\w{0,6} (?:\w{1,10} ){0,3}koert galt\b",
    r"(?:daemning|dige)\w{0,3} (?:er |har )?(?:brudt|bristet|givet efter|ved at bryde)",
    r"(?:helt )?moerkt (?:paa|i|her|overalt)",
    r"politiet (?:er|siger|har|vil|beder|kraever|sagde)",
    r"(?:uden|ingen|ikke noget|mangler) (?:vand|stroem|varme|lys|el)\b",
)
