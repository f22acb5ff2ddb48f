"""What the demo's companies are in law and where: addresses, tax numbers, logos. All invented.

The numbers have right check digits, since forms and official rules look at them; that one of them is
somebody's would be chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from usance.rules.invoicing.profiles import SellerFields


@dataclass(frozen=True, slots=True)
class Place:
    """A buyer's address and VAT number, empty where it has none."""

    line_1: str
    post_code: str
    city: str
    vat_id: str = ""
    subdivision: str = ""


_PLACES: Final = """\
Elettroforniture Brianza S.r.l. | Via dell'Industria 44 | 20900 | Monza | IT09403260319 | MB
Lichthaus Brenner GmbH | Sonnenstraße 17 | 80331 | München | DE364697482
Comptoir de l'Éclairage SAS | 92 rue du Faubourg Saint-Antoine | 75012 | Paris | FR33836808725
Iluminación Castellana S.L. | Calle de Alcalá 211 | 28028 | Madrid | ESB02703908
Studio Architetti Vanvitelli | Via Vanvitelli 8 | 80129 | Napoli | IT00714070752 | NA
Hotel Miramonti S.r.l. | Strada Rezia 31 | 39046 | Ortisei | IT05078170320 | BZ
Arredi Contract Veneto S.r.l. | Viale del Lavoro 5 | 31100 | Treviso | IT03221210978 | TV
Ristrutturazioni Colombo S.n.c. | Via Como 19 | 23900 | Lecco | IT02397880309 | LC
Bottega della Luce di A. Greco | Corso Umberto 102 | 98039 | Taormina | IT01633850753 | ME
Impianti Elettrici Salentini S.r.l. | Via Lecce 77 | 73100 | Lecce | IT04112020328 | LE
Galleria Navigli S.r.l. | Ripa di Porta Ticinese 27 | 20143 | Milano | IT06726180323 | MI
Nordlys Belysning AS | Torggata 14 | 0181 | Oslo
Lampenwinkel De Jordaan B.V. | Tweede Egelantiersdwarsstraat 3 | 1015 SB | Amsterdam | NL883503815B01
Leuchten Haberl GmbH | Linzer Gasse 40 | 5020 | Salzburg | ATU67544071
Atelier Lumière Sàrl | Rue de Bourg 12 | 1003 | Lausanne | CHE837153369
Svetlina Interior OOD | bul. Vitosha 58 | 1463 | Sofia | BG290148068
Lumina Design SRL | Strada Memorandumului 21 | 400114 | Cluj-Napoca | RO13085173 | RO-CJ
Oświetlenie Wisła Sp. z o.o. | ul. Długa 33 | 31-147 | Kraków | PL5160772151
Valaisin Helsinki Oy | Fredrikinkatu 25 | 00120 | Helsinki | FI35020685
Ljus & Rum AB | Götgatan 61 | 116 21 | Stockholm | SE556420966501
Candeeiros do Tejo Lda | Rua da Boavista 84 | 1200-068 | Lisboa | PT501542809
Fotistika Aigaiou A.E. | Leoforos Syngrou 140 | 176 71 | Athina | EL090182487
Belgolux NV | Nationalestraat 55 | 2000 | Antwerpen | BE0996124177
Stadt Seeburg, Gebäudeamt | Rathausplatz 1 | 88690 | Seeburg am Bodensee | DE105410816
Maison Rive Gauche SARL | 18 rue de Sèvres | 75007 | Paris | FR68845516459
Ristorazione Trastevere S.r.l. | Via della Scala 60 | 00153 | Roma | IT08466010306 | RM
Cantieri Navali Liguri S.p.A. | Via Molo Giano 2 | 16128 | Genova | IT08172220157 | GE
Showroom Porta Nuova S.r.l. | Corso Como 15 | 20154 | Milano | IT03396240313 | MI
Casa Moderna S.r.l. in liquidazione | Via Emilia 230 | 40133 | Bologna | IT01397140243 | BO
Teatro Carrara Cooperativa | Via Carrara 6 | 54033 | Carrara | IT01297580316 | MS
Harrogate Gift Company Ltd | 21 Parliament Street | HG1 2QU | Harrogate | GB117528178
Marlowe & Finch Department Stores plc | 180 Deansgate | M3 3WB | Manchester | GB237514564
Papeterie du Marais SAS | 34 rue Vieille-du-Temple | 75004 | Paris | FR48856802855
The Bookbinder's Yard Ltd | 7 Walcot Street | BA1 5BN | Bath | GB347506295
Fernhill Garden Centres Ltd | Fernhill Lane | GU17 9HS | Camberley | GB246686579
Quayside Interiors Ltd | 52 Sandhill | NE1 3JF | Newcastle upon Tyne | GB156614014
Thistle & Loch Retail Ltd | 88 George Street | EH2 3BU | Edinburgh | GB166528149
Causeway Homewares Ltd | 16 Main Street | BT57 8QE | Bushmills | GB259532634
Pembroke Pottery Shop | 3 Main Street | SA71 4JS | Pembroke | GB336364999
Cotswold Cards | 11 High Street | GL54 2AP | Bourton-on-the-Water | GB256048697
Lantern House Café | 4 Fore Street | TQ9 5RP | Totnes | GB264621604
Museum Shop Trading CIC | 29 Cromwell Place | SW7 2LD | London | GB324351248
Saltmarsh Surf & Gift | 1 Beach Road | NR23 1DR | Wells-next-the-Sea | GB226651118
Little Owl Nursery Supplies Ltd | Unit 6, Mill Lane | CB22 3HH | Cambridge | GB279929050
Wexford Craft Wholesale Ltd | Rosslare Road | Y35 T9W2 | Wexford | IE3224686RH
Galway Bay Stationers Ltd | 19 Shop Street | H91 K2WF | Galway | IE3727152HH
Schreibwaren Lindner KG | Grimmaische Straße 9 | 04109 | Leipzig | DE254234478
Kontor & Papier GmbH | Große Bleichen 30 | 20354 | Hamburg | DE177241392
Huis & Haard B.V. | Oudegracht 144 | 3511 AZ | Utrecht | NL820492784B01
Papierhandel Keizer B.V. | Keizersgracht 290 | 1016 EV | Amsterdam | NL807980985B01
Skandi Hjem ApS | Store Kongensgade 70 | 1264 | København | DK36390913
Casa y Papel S.L. | Calle Larios 12 | 29005 | Málaga | ESB54357256
Regalos Montjuïc S.L. | Carrer de Blai 25 | 08004 | Barcelona | ESB13662523
Cartoleria Santa Croce S.r.l. | Borgo Santa Croce 14 | 50122 | Firenze | IT04003600311 | FI
Alpine Geschenke AG | Poststrasse 8 | 7000 | Chur | CHE363960396
Hudson Paper Goods Inc. | 412 Warren Street | 12534 | Hudson |  | NY
Maple & Pine Trading Inc. | 77 rue Saint-Paul Ouest | H2Y 1Z1 | Montréal |  | QC
Brightside Toys Ltd | 40 Colmore Row | B3 2BS | Birmingham | GB264188933
Old Mill Emporium Ltd | The Old Mill, Water Lane | OX28 4FP | Witney | GB111756731
Beacon Church Bookstalls | 2 Minster Yard | LN2 1PJ | Lincoln | GB205784811
"""
PLACES: Final[Mapping[str, Place]] = {
    name: Place(*rest) for name, *rest in (row.split(" | ") for row in _PLACES.splitlines())
}
"""Where each buyer is, by its name."""


@dataclass(frozen=True, slots=True)
class Company:
    """What a seller says of itself, its bank and its logo."""

    fields: SellerFields
    bic: str
    bank_name: str
    logo: str  # SVG


COMPANIES: Final[Mapping[str, Company]] = {
    "Fontana Illuminazione S.p.A.": Company(
        SellerFields(
            legal_name="Fontana Illuminazione S.p.A.",
            trading_name="Fontana",
            line_1="Via Tortona 58",
            city="Milano",
            post_code="20144",
            subdivision="MI",
            country="IT",
            vat_id="IT03907570323",
            legal_information="Capitale sociale € 520.000 i.v., REA MI-1874203",
            contact_name="Chiara Lombardi",
            contact_phone="+39 02 5550 1874",
            contact_email="amministrazione@fontana.example",
            endpoint="IT03907570323",
            endpoint_scheme="0211",
            invoice_prefix="FT",
            credit_note_prefix="NC",
            footer="Fontana Illuminazione S.p.A., Via Tortona 58, 20144 Milano",
            brand_colour="#8a3b12",
            national={
                "tax_regime": "RF01",
                "rea_office": "MI",
                "rea_number": "1874203",
                "share_capital": "520000.00",
                "sole_shareholder": "SM",
            },
        ),
        bic="BPMOIT22XXX",
        bank_name="Banca dei Navigli",
        # A hanging lamp and its light.
        logo='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 176 48">'
        '<path d="M24 2v12" stroke="#8a3b12" stroke-width="2"/>'
        '<path d="M8 30a16 16 0 0 1 32 0z" fill="#8a3b12"/>'
        '<path d="M14 34h20l5 10H9z" fill="#f3b562" fill-opacity=".55"/>'
        '<text x="52" y="36" font-family="Inter, sans-serif" font-size="30" font-weight="600"'
        ' letter-spacing="-.5" fill="#3a1c0a">Fontana</text></svg>',
    ),
    "Calder & Wren Ltd": Company(
        SellerFields(
            legal_name="Calder & Wren Ltd",
            line_1="Calder Mill, Burnley Road",
            city="Hebden Bridge",
            post_code="HX7 8AD",
            country="GB",
            vat_id="GB346234758",
            registration_number="07741926",
            legal_information="Registered in England and Wales, no. 07741926",
            contact_name="Rhian Pryce",
            contact_phone="+44 1422 555 0147",
            contact_email="accounts@calder-wren.example",
            invoice_prefix="CW",
            credit_note_prefix="CWC",
            footer="Calder & Wren Ltd, Calder Mill, Burnley Road, Hebden Bridge HX7 8AD",
            brand_colour="#1f5a4d",
        ),
        bic="BUKBGB22XXX",
        bank_name="Calder Valley Bank",
        # A wren on a line of thread.
        logo='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 236 48">'
        '<path d="M2 41q20-7 40 0" fill="none" stroke="#1f5a4d" stroke-width="2"/>'
        '<path d="M8 26q6-13 18-11l6-9 1 12q4 16-13 18-12 0-12-10z" fill="#1f5a4d"/>'
        '<circle cx="15" cy="24" r="1.6" fill="#fff"/>'
        '<path d="M8 25l-6 2 6 2z" fill="#d99a2b"/>'
        '<text x="52" y="34" font-family="Inter, sans-serif" font-size="25" font-weight="600"'
        ' fill="#12352d">Calder &amp; Wren</text></svg>',
    ),
}
"""The sellers, by name."""
