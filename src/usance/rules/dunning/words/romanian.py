"""Romanian."""

from __future__ import annotations

from typing import Final

from usance.rules.dunning.words.model import Words

WORDS: Final = Words(
    levels={
        "friendly": (
            "{total} cu scadența la {due_on}",
            "Vă reamintim din timp: pozițiile de mai jos ajung în curând la scadență, în total"
            " {total}, prima la {due_on}.\n\nDacă plata este deja programată, nu mai aveți nimic de"
            " făcut. Dacă o factură nu a ajuns la dumneavoastră sau conține o greșeală, anunțați-ne"
            " acum și o vom rezolva înainte de scadență.",
        ),
        "due_today": (
            "{total} cu scadența astăzi",
            "Pozițiile de mai jos sunt scadente astăzi, în total {total}.\n\nVă mulțumim dacă le"
            " achitați astăzi: cu butonul de mai jos sau prin virament, menționând numărul"
            " facturii.",
        ),
        "notice_1": (
            "Reamintire: {total} cu termenul depășit",
            "Conform evidenței noastre, suma de {total} nu a fost achitată; cea mai veche poziție a"
            " ajuns la scadență acum {oldest_days} zile. Poate fi vorba de o simplă omisiune.\n\nVă"
            " rugăm să plătiți până la {pay_by}. Dacă există un motiv pentru care nu ați plătit,"
            " spuneți-ne, ca să găsim împreună o soluție.",
        ),
        "notice_2": (
            "A doua reamintire: {total} cu termenul depășit",
            "V-am scris despre pozițiile de mai jos și nu am primit nici plata, nici un răspuns. Sunt"
            " neachitați {total}, cu întârziere de până la {oldest_days} zile.\n\nVă rugăm să plătiți"
            " până la {pay_by} sau să ne comunicați până atunci ce împiedică plata.",
        ),
        "notice_3": (
            "A treia reamintire: {total} cu termenul depășit",
            "În pofida reamintirilor noastre, suma de {total} rămâne neachitată; cea mai veche"
            " poziție are o întârziere de {oldest_days} zile.\n\nVă cerem plata integrală până la"
            " {pay_by}. Dacă nu este posibil, luați legătura cu noi înainte de această dată pentru o"
            " eșalonare: {contact}. În lipsa oricărui răspuns am putea fi nevoiți să oprim livrările"
            " pe credit.",
        ),
        "formal": (
            "Punere în întârziere: {total}",
            "Prin prezenta vă punem formal în întârziere pentru suma de {total}. Fiecare poziție este"
            " înscrisă mai jos, cu data scadenței.\n\nVă solicităm plata integrală până la {pay_by}."
            " Ne rezervăm dreptul de a cere dobânda și despăgubirea pentru costurile de recuperare"
            " prevăzute de lege pentru plata cu întârziere.\n\nDacă contestați o poziție, precizați-ne"
            " în scris care și de ce, până la aceeași dată.",
        ),
        "final": (
            "Ultima somație înainte de recuperare: {total}",
            "Aceasta este ultima noastră somație pentru plata sumei de {total}. Reamintirile și"
            " punerea în întârziere au rămas fără rezultat.\n\nDacă întreaga sumă nu ajunge la noi"
            " până la {pay_by}, vom preda creanța spre recuperare fără a vă mai scrie. Costurile"
            " rezultate vă vor fi cerute în limitele legii.\n\nPână atunci, plata integrală sau o"
            " înțelegere scrisă cu noi mai poate evita acest lucru: {contact}.",
        ),
        "handover": (
            "Contul dumneavoastră a fost predat spre recuperare",
            "Termenul din ultima noastră somație a trecut fără plată. Creanța de {total} este acum"
            " predată spre recuperare.\n\nPentru orice privește aceste poziții, vă rugăm să vă"
            " adresați la {contact}.",
        ),
    },
    stages={
        "notice_1": "Reamintire",
        "notice_2": "A doua reamintire",
        "notice_3": "A treia reamintire",
        "formal": "Punere în întârziere",
        "final": "Ultima somație",
        "handover": "Predată spre recuperare",
    },
    mixed="Cele de mai sus privesc pozițiile marcate „{stage}”. Fiecare altă poziție este în stadiul"
    " arătat alături: {others}.",
    greeting="Stimate client,",
    invoice="Factura",
    issued_on="Data",
    due_on="Scadența",
    open="De plată",
    days_late="Zile de întârziere",
    interest="Dobândă",
    total="Totalul acestor poziții",
    not_due="încă nescadentă",
    also_open="Alte poziții deschise în contul dumneavoastră",
    unassigned="Avem de la dumneavoastră {amount} neatribuiți încă unei facturi.",
    pay="Vedeți și plătiți ce este deschis",
    statement="Extrasul dumneavoastră de cont: {address}",
    contact="Persoana de contact pentru întrebări: {contact}",
    ignore="Dacă între timp ați plătit, vă mulțumim și vă rugăm să nu țineți seama de acest mesaj.",
    title="Înștiințare de plată",
)
