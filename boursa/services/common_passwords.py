"""Words that people choose first, and that are therefore tried first."""

from __future__ import annotations

# Cores: what is left of "Motdepasse2024!" or "p@ssw0rd123" without its ornaments. Kept folded, without
# digits and marks at either end, since `boursa.services.passwords` takes those off before it looks.
WORDS = frozenset(
    """
    abc abcabc abcabcabc abcd abcde abcdef abcdefg abcdefgh abcdefghi abcdefghij abcdefghijk abcdefghijkl
    access accueil admin adminadmin administrateur administrator adobe airfrance alexander alexandra
    alexandre algerie allezlesbleus amazon america amour amoureux amsterdam andrea android angel angelina
    angelique animaux anthony apollo apple april arsenal asdf asdfasdf asdfgh asdfghjk asdfghjkl ashley
    aurelie australia avril azerty azertyazerty azertyui azertyuiop azertyuiopqs azqsd azqswx babygirl
    bailey bananas banane barcelona barcelone baseball basketball batman beautiful benjamin bienvenu
    bienvenue biscuit bismillah blabla blablabla blink bonheur bonjour bonjourbonjour bordeaux boubou
    boursa bourse brandon brasil bretagne brooklyn brvm butterfly caca cacao calvin cameroun camille
    canada caroline casablanca catherine celine changeme changezmoi charlie charlotte chatchat cheese
    chelsea cherie chicago chocolat chocolate chouchou christian christine christophe clement coca
    cocacola coco cocococo cocorico coffee computer connexion cookie corvette cotedivoire coucou
    coucoucoucou crystal dakar daniel danielle dauphin david default delphine demo diamond dimanche
    dolphin doudou dragon eagles edward elephant elisabeth elizabeth emilie emmanuel enfant england
    entreprise facebook famille family fernando ferrari finance florence florian flower flowers fluffy
    foobar football forever fortnite foryou france francois frederic freedom friends fuckyou gabriel
    george gerard ghjkl giants ginger google grandmere grenoble guest guillaume guitar guitare hannah
    harley hello hellohello helloworld hockey hotmail hunter iloveyou iloveyouforever imissyou inconnu
    internet isabelle ivoire jackson jasmine jennifer jeremy jerome jessica jesus jesuschrist jetaime
    jetaimefort jonathan jordan jordanie joseph joshua julien juliette junior justin kevin killer king
    kisses laetitia laurent letmein letmeinnow liberte liverpool logitech london londres louise loulou
    lovely loveme loveyou lucifer lucky madagascar madrid maison maman mamanpapa manchester
    manchesterunited marie marina marine mario marley marseille martin martine master mathieu maurice
    maxime melanie mercedes merci michael michel michelle mickey microsoft minecraft mohamed mohammed
    monamour moncoeur mondial monique monkey montagne montreal morgan motdepasse motpasse mustang mylove
    mypassword naruto natacha nathalie nicolas nicole nirvana nokia nounours octobre oiseau olivier
    olympique orange pakistan paname papa papamaman papillon paradise paris parispsg parissaintgermain
    pascal pass passe passer passion passord passpass passport passw passwd password passwordpassword
    patricia patrick pauline peanut pepper philippe phoenix pierre pikachu playboy please pokemon portugal
    poupoune power princess princesse printemps private purple qazwsx qazwsxedc qsdfghjklm qwaszx qwer
    qwerasdf qwert qwerty qwertyqwerty qwertyu qwertyui qwertyuiop qwertzuiop rachel rainbow ranger
    realmadrid rebecca robert romain ronaldo root rootroot sabrina samantha samsung sandrine scooter
    secret secretsecret security senegal septembre sesame sesameouvretoi shadow shalom silver simone
    skywalker slipknot snoopy soccer soleil soleilsoleil sophie spiderman starwars stephane stephanie
    summer sunshine superman superstar support sweet sylvie system taylor temp temporaire temppass tennis
    teresa test tester testing testtest theman thomas thunder tigger tinkerbell tintin toto tototo
    totototo toulouse toyota trader trading trustno trustnoone tunisie unknown user username vacances
    valentin valerie vanessa vanille veronique victoire victoria vincent virginie welcome welcomewelcome
    whatever william windows winner winter wolverine xavier xxxx xxxxxx xxxxxxxxxx yamaha yankees yoyoyo
    yvette zidane zinedine zxcvbn zxcvbnm zxcvbnmasdf
    """.split()  # noqa: SIM905 - a list of words is read more easily as text
)

# Keyboard walks that mix letters and digits, which taking ornaments off would hide.
WALKS = frozenset(
    """
    123456azerty 123456qwerty 123abc123abc 123qwe123qwe 1a2b3c4d5e 1a2b3c4d5e6f 1a2z3e4r5t 1a2z3e4r5t6y
    1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc a1b2c3d4e5 a1b2c3d4e5f6 a1z2e3r4t5
    a1z2e3r4t5y6 abc123abc123 aze123aze123 azerty123azerty q1w2e3r4t5 q1w2e3r4t5y6 qwe123qwe123
    zaq12wsxcde3 zaq1xsw2cde3
    """.split()  # noqa: SIM905 - a list of words is read more easily as text
)
