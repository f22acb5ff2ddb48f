"""Who trades in the demo: two sellers, their people, their buyers and what they sell. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Size = Literal["large", "middle", "small"]


@dataclass(frozen=True, slots=True)
class Scale:
    """What buyers of a size order: a usual order and the credit limit (minor units), and how often
    against the others."""

    usual_order: int
    limit: int
    weight: int


SCALES: Final[dict[Size, Scale]] = {
    "large": Scale(420_000, 12_500_000, 3),
    "middle": Scale(120_000, 3_000_000, 2),
    "small": Scale(38_000, 800_000, 1),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in; ``role`` as onboarding knows it."""

    name: str
    email: str
    role: str


@dataclass(frozen=True, slots=True)
class BuyerRole:
    """A company that buys. ``terms`` are codes; empty means the seller's usual ones."""

    name: str
    country: str
    size: Size
    contact: str
    terms: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """Its internet domain, under the name that RFC 2606 reserves for examples."""
        plain = "".join(c if c.isalnum() and c.isascii() else " " for c in self.name.lower())
        return "-".join(plain.split()[:2]) + ".example"


@dataclass(frozen=True, slots=True)
class SellerRole:
    """A company that sells. ``tax_percent`` is charged at home and not abroad (reverse charge, or
    export). ``insolvent`` pays nothing and is written off, ``disputing`` has its line on hold."""

    name: str
    handle: str
    country: str
    currency: str
    time_zone: str
    language: str
    bank_account: str
    tax_percent: int
    staff: tuple[Person, ...]
    buyers: tuple[BuyerRole, ...]
    catalogue: tuple[tuple[str, str, int], ...]
    insolvent: str
    disputing: str
    order_prefix: str


FONTANA: Final = SellerRole(
    name="Fontana Illuminazione S.p.A.",
    handle="fontana",
    country="IT",
    currency="EUR",
    time_zone="Europe/Rome",
    language="it",
    bank_account="IT60X0542811101000000123456",
    tax_percent=22,
    staff=(
        Person("Giulia Marchetti", "giulia.marchetti@fontana.example", "admin"),
        Person("Davide Ferraro", "davide.ferraro@fontana.example", "credit_manager"),
        Person("Chiara Lombardi", "chiara.lombardi@fontana.example", "accountant"),
    ),
    buyers=(
        BuyerRole("Elettroforniture Brianza S.r.l.", "IT", "large", "Paolo Riva"),
        BuyerRole("Lichthaus Brenner GmbH", "DE", "large", "Katrin Brenner"),
        BuyerRole("Comptoir de l'Éclairage SAS", "FR", "large", "Hélène Moreau", ("net_30_eom",)),
        BuyerRole("Iluminación Castellana S.L.", "ES", "large", "Javier Ortega", ("net_60",)),
        BuyerRole("Studio Architetti Vanvitelli", "IT", "small", "Sara Vanvitelli"),
        BuyerRole("Hotel Miramonti S.r.l.", "IT", "middle", "Luca Demetz"),
        BuyerRole("Arredi Contract Veneto S.r.l.", "IT", "middle", "Elena Zanetti"),
        BuyerRole("Ristrutturazioni Colombo S.n.c.", "IT", "small", "Marco Colombo"),
        BuyerRole("Bottega della Luce di A. Greco", "IT", "small", "Antonio Greco"),
        BuyerRole("Impianti Elettrici Salentini S.r.l.", "IT", "middle", "Rocco De Giorgi"),
        BuyerRole("Galleria Navigli S.r.l.", "IT", "small", "Irene Bassi", ("net_7",)),
        BuyerRole("Nordlys Belysning AS", "NO", "middle", "Ingrid Solberg"),
        BuyerRole("Lampenwinkel De Jordaan B.V.", "NL", "middle", "Pieter de Wit"),
        BuyerRole("Leuchten Haberl GmbH", "AT", "middle", "Stefan Haberl"),
        BuyerRole("Atelier Lumière Sàrl", "CH", "small", "Nadine Favre"),
        BuyerRole("Svetlina Interior OOD", "BG", "small", "Petar Ivanov"),
        BuyerRole("Lumina Design SRL", "RO", "middle", "Ioana Popescu"),
        BuyerRole("Oświetlenie Wisła Sp. z o.o.", "PL", "middle", "Anna Kowalska"),
        BuyerRole("Valaisin Helsinki Oy", "FI", "small", "Mikko Laine"),
        BuyerRole("Ljus & Rum AB", "SE", "small", "Elin Bergström"),
        BuyerRole("Candeeiros do Tejo Lda", "PT", "small", "Rui Almeida"),
        BuyerRole("Fotistika Aigaiou A.E.", "GR", "small", "Nikos Pappas"),
        BuyerRole("Belgolux NV", "BE", "middle", "An Peeters"),
        BuyerRole("Stadt Seeburg, Gebäudeamt", "DE", "small", "Jan Sommer"),
        BuyerRole("Maison Rive Gauche SARL", "FR", "small", "Luc Bernard"),
        BuyerRole("Ristorazione Trastevere S.r.l.", "IT", "small", "Fabio Conti"),
        BuyerRole("Cantieri Navali Liguri S.p.A.", "IT", "large", "Silvia Parodi", ("net_60",)),
        BuyerRole("Showroom Porta Nuova S.r.l.", "IT", "middle", "Martina Villa"),
        BuyerRole(
            "Casa Moderna S.r.l. in liquidazione",
            "IT",
            "middle",
            "Bruno Serra",
            ("due_on_receipt",),
        ),
        BuyerRole("Teatro Carrara Cooperativa", "IT", "small", "Gaia Neri"),
    ),
    catalogue=(
        ("LMP-010", "Lampada da tavolo Nuvola", 4_900),
        ("LMP-021", "Sospensione Arco, ottone", 18_500),
        ("LMP-034", "Applique Linea 60", 7_450),
        ("LMP-047", "Piantana Airone", 22_900),
        ("SPT-102", "Faretto LED incasso 9 W", 1_280),
        ("SPT-118", "Binario trifase 2 m", 3_640),
        ("DRV-200", "Alimentatore 24 V 100 W", 2_975),
        ("STR-305", "Striscia LED 3000 K, 5 m", 2_190),
        ("EXT-410", "Paletto da giardino IP65", 5_860),
        ("ACC-900", "Dimmer DALI", 3_315),
    ),
    insolvent="Casa Moderna S.r.l. in liquidazione",
    disputing="Showroom Porta Nuova S.r.l.",
    order_prefix="FI",
)

CALDER: Final = SellerRole(
    name="Calder & Wren Ltd",
    handle="calder-wren",
    country="GB",
    currency="GBP",
    time_zone="Europe/London",
    language="en",
    bank_account="GB33BUKB20201555555555",
    tax_percent=20,
    staff=(
        Person("Priya Nair", "priya.nair@calder-wren.example", "admin"),
        Person("Tom Ashworth", "tom.ashworth@calder-wren.example", "credit_manager"),
        Person("Rhian Pryce", "rhian.pryce@calder-wren.example", "accountant"),
    ),
    buyers=(
        BuyerRole("Harrogate Gift Company Ltd", "GB", "large", "Susan Holt"),
        BuyerRole(
            "Marlowe & Finch Department Stores plc", "GB", "large", "Oliver Grant", ("net_60",)
        ),
        BuyerRole("Papeterie du Marais SAS", "FR", "large", "Camille Laurent"),
        BuyerRole("The Bookbinder's Yard Ltd", "GB", "middle", "Emma Doyle"),
        BuyerRole("Fernhill Garden Centres Ltd", "GB", "middle", "Gareth Lloyd"),
        BuyerRole("Quayside Interiors Ltd", "GB", "middle", "Nicola Reid"),
        BuyerRole("Thistle & Loch Retail Ltd", "GB", "middle", "Fiona MacKay"),
        BuyerRole("Causeway Homewares Ltd", "GB", "middle", "Ciaran Boyle"),
        BuyerRole("Pembroke Pottery Shop", "GB", "small", "Megan Rees"),
        BuyerRole("Cotswold Cards", "GB", "small", "Helen Marsh"),
        BuyerRole("Lantern House Café", "GB", "small", "Jo Bell"),
        BuyerRole("Museum Shop Trading CIC", "GB", "small", "Adrian Cole", ("due_on_receipt",)),
        BuyerRole("Saltmarsh Surf & Gift", "GB", "small", "Kerry Wills"),
        BuyerRole("Little Owl Nursery Supplies Ltd", "GB", "small", "Dawn Price"),
        BuyerRole("Wexford Craft Wholesale Ltd", "IE", "middle", "Aoife Kinsella"),
        BuyerRole("Galway Bay Stationers Ltd", "IE", "small", "Niamh Burke"),
        BuyerRole("Schreibwaren Lindner KG", "DE", "middle", "Uwe Lindner"),
        BuyerRole("Kontor & Papier GmbH", "DE", "small", "Anja Wolff"),
        BuyerRole("Huis & Haard B.V.", "NL", "middle", "Sanne Visser"),
        BuyerRole("Papierhandel Keizer B.V.", "NL", "small", "Bram Keizer"),
        BuyerRole("Skandi Hjem ApS", "DK", "middle", "Mette Holm"),
        BuyerRole("Casa y Papel S.L.", "ES", "small", "Lucía Vidal"),
        BuyerRole("Regalos Montjuïc S.L.", "ES", "small", "Jordi Puig"),
        BuyerRole("Cartoleria Santa Croce S.r.l.", "IT", "small", "Paola Nistri"),
        BuyerRole("Alpine Geschenke AG", "CH", "small", "Reto Frei"),
        BuyerRole("Hudson Paper Goods Inc.", "US", "middle", "Dana Whitfield"),
        BuyerRole("Maple & Pine Trading Inc.", "CA", "small", "Claire Tremblay"),
        BuyerRole("Brightside Toys Ltd", "GB", "middle", "Ravi Shah"),
        BuyerRole("Old Mill Emporium Ltd", "GB", "middle", "Keith Barrow", ("due_on_receipt",)),
        BuyerRole("Beacon Church Bookstalls", "GB", "small", "Ruth Amos"),
    ),
    catalogue=(
        ("CW-1001", "Notebook A5, linen, pack of 6", 2_340),
        ("CW-1015", "Wrapping paper, botanical, 50 sheets", 1_875),
        ("CW-1042", "Greeting cards, assorted, box of 48", 3_120),
        ("CW-2003", "Enamel mug, pack of 4", 1_960),
        ("CW-2017", "Stoneware bowl, set of 6", 4_380),
        ("CW-2050", "Tea towel, linen union, pack of 10", 3_990),
        ("CW-3008", "Scented candle, fig, case of 12", 7_200),
        ("CW-3021", "Wicker basket, nest of 3", 2_750),
        ("CW-4004", "Wooden advent calendar", 1_495),
        ("CW-5012", "Fountain pen, gift boxed", 2_680),
    ),
    insolvent="Old Mill Emporium Ltd",
    disputing="Brightside Toys Ltd",
    order_prefix="CW",
)

SELLERS: Final = (FONTANA, CALDER)

PASSWORD: Final = "usance-demo-2026"  # noqa: S105
"""Everybody's password in the demo, which is no place for anything worth protecting."""
