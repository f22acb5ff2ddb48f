"""Italian."""

from __future__ import annotations

from typing import Final

from usance.rules.dunning.words.model import Words

WORDS: Final = Words(
    levels={
        "friendly": (
            "{total} in scadenza il {due_on}",
            "Un breve promemoria: le partite elencate qui sotto scadono a breve, per un totale di"
            " {total}; la prima il {due_on}.\n\nSe il pagamento è già programmato non occorre fare"
            " altro. Se una fattura non vi è pervenuta o contiene un errore, segnalatecelo subito:"
            " provvederemo prima della scadenza.",
        ),
        "due_today": (
            "{total} in scadenza oggi",
            "Le partite elencate qui sotto scadono oggi, per un totale di {total}.\n\nVi ringraziamo"
            " se vorrete pagarle in giornata: con il pulsante qui sotto, oppure con un bonifico che"
            " riporti il numero della fattura nella causale.",
        ),
        "notice_1": (
            "Sollecito: {total} scaduti",
            "Dalla nostra contabilità non risulta pagato l'importo di {total}; la partita più vecchia"
            " è scaduta da {oldest_days} giorni. Può trattarsi di una semplice svista.\n\nVi"
            " preghiamo di pagare entro il {pay_by}. Se c'è un motivo per cui non avete pagato,"
            " fatecelo sapere: cercheremo insieme una soluzione.",
        ),
        "notice_2": (
            "Secondo sollecito: {total} scaduti",
            "Vi abbiamo già scritto delle partite elencate qui sotto, senza ricevere né il pagamento"
            " né una risposta. Restano aperti {total}, scaduti fino a {oldest_days} giorni fa.\n\n"
            "Vi preghiamo di pagare entro il {pay_by}, o di comunicarci entro tale data che cosa lo"
            " impedisce.",
        ),
        "notice_3": (
            "Terzo sollecito: {total} scaduti",
            "Nonostante i nostri solleciti, l'importo di {total} non è stato pagato; la partita più"
            " vecchia è scaduta da {oldest_days} giorni.\n\nVi chiediamo il pagamento integrale entro"
            " il {pay_by}. Se non vi è possibile, contattateci prima di tale data per concordare un"
            " piano di rientro: {contact}. In mancanza, potremmo dover sospendere le forniture a"
            " credito.",
        ),
        "formal": (
            "Costituzione in mora: {total}",
            "Con la presente vi costituiamo formalmente in mora per l'importo di {total}. Ogni"
            " partita è elencata qui sotto con la relativa scadenza.\n\nVi intimiamo il pagamento"
            " integrale entro il {pay_by}. Ci riserviamo di chiedere gli interessi e il risarcimento"
            " dei costi di recupero previsti dalla legge per i ritardi di pagamento.\n\nSe contestate"
            " una partita, indicateci per iscritto quale e perché entro la stessa data.",
        ),
        "final": (
            "Ultimo avviso prima del recupero del credito: {total}",
            "Questo è il nostro ultimo invito al pagamento di {total}. I solleciti e la costituzione"
            " in mora sono rimasti senza esito.\n\nSe l'intero importo non ci perverrà entro il"
            " {pay_by}, affideremo il credito al recupero senza ulteriore avviso. I costi che ne"
            " deriveranno vi saranno addebitati nei limiti di legge.\n\nFino ad allora il pagamento"
            " integrale, o un accordo scritto con noi, può ancora evitarlo: {contact}.",
        ),
        "handover": (
            "La vostra posizione è stata affidata al recupero del credito",
            "Il termine indicato nel nostro ultimo avviso è trascorso senza pagamento. Il credito di"
            " {total} viene ora affidato al recupero.\n\nPer quanto riguarda queste partite vi"
            " preghiamo di rivolgervi a {contact}.",
        ),
    },
    stages={
        "notice_1": "Sollecito",
        "notice_2": "Secondo sollecito",
        "notice_3": "Terzo sollecito",
        "formal": "Costituzione in mora",
        "final": "Ultimo avviso",
        "handover": "Affidata al recupero",
    },
    mixed="Quanto detto sopra vale per le partite indicate con «{stage}». Ogni altra partita è alla fase"
    " indicata accanto: {others}.",
    greeting="Spettabile cliente,",
    invoice="Fattura",
    issued_on="Data",
    due_on="Scadenza",
    open="Da pagare",
    days_late="Giorni di ritardo",
    interest="Interessi",
    total="Totale di queste partite",
    not_due="non ancora scaduta",
    also_open="Altre partite aperte sul vostro conto",
    unassigned="Abbiamo ricevuto da voi {amount} non ancora attribuiti a una fattura.",
    pay="Vedere e pagare le partite aperte",
    statement="Il vostro estratto conto: {address}",
    contact="Il vostro riferimento per ogni domanda: {contact}",
    ignore="Se nel frattempo avete già pagato, vi ringraziamo e vi preghiamo di non tenere conto di"
    " questo messaggio.",
    title="Avviso di pagamento",
)
