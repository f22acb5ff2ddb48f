"""Remittance advices as tests write them, one payment told in every format: 1,330.00 for two invoices less a
credit note, with 20.00 of discount and 50.00 kept back for a short delivery."""

from __future__ import annotations

from typing import Final

X12: Final = (
    b"ISA*00*          *00*          *01*123456789      *01*987654321      *260313*0915*U*00401*"
    b"000000042*0*P*>~GS*RA*123456789*987654321*20260313*0915*42*X*004010~ST*820*0001~"
    b"BPR*C*1330*C*ACH*CTX*01*021000021*DA*11111*1234567890**01*021000089*DA*22222*20260314~"
    b"TRN*1*ZA4711*1234567890~CUR*PR*EUR~N1*PR*HUBER*1*123456789~N1*PE*USANCE*1*987654321~ENT*1~"
    b"RMR*IV*RE-1001**980*1000*20~DTM*003*20260201~"
    b"RMR*IV*RE-1002**450*500~REF*PO*PO-88~ADX*-50*06~NTE*ADX*one pallet missing~"
    b"RMR*CM*GS-7**-100*-100~SE*15*0001~GE*1*42~IEA*1*000000042~"
)
REMADV: Final = (
    b"UNA:+.? 'UNB+UNOC:3+4012345000009:14+4098765000000:14+260313:0915+42'"
    b"UNH+1+REMADV:D:96A:UN'BGM+481+AV17+9'DTM+137:20260313:102'DTM+138:20260314:102'"
    b"PAI+::42'RFF+PQ:ZA4711'FII+OR+DE02120300000000202051'NAD+PR+4012345000009::9++HUBER ?+ CO'"
    b"NAD+PE+4098765000000::9++USANCE'CUX+2:EUR:11'\r\n"
    b"DOC+380+RE-1001'MOA+77:1000.00'MOA+52:20.00'MOA+12:980.00'DTM+137:20260201:102'"
    b"DOC+380+RE-1002'MOA+77:500.00'MOA+12:450.00'RFF+ON:PO-88'AJT+4'MOA+165:50.00'"
    b"FTX+AAI+++one pallet missing'DOC+381+GS-7'MOA+12:100.00'UNS+S'MOA+12:1330.00'"
    b"UNT+27+1'UNZ+1+42'"
)
CXML: Final = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd">
<cXML payloadID="1" timestamp="2026-03-13T10:00:00Z"><Header/><Request><PaymentRemittanceRequest>
<PaymentRemittanceRequestHeader paymentDate="2026-03-14T10:00:00Z" paymentRemittanceID="AV17"
 paymentReferenceNumber="ZA4711"><PaymentMethod type="creditTransfer"/>
<PaymentPartner><Contact role="payer"><Name xml:lang="en">HUBER</Name></Contact>
<IdReference domain="duns" identifier="123456789"/></PaymentPartner></PaymentRemittanceRequestHeader>
<PaymentRemittanceSummary><NetAmount><Money currency="EUR">1330.00</Money></NetAmount>
</PaymentRemittanceSummary>
<RemittanceDetail lineNumber="1"><PayableInfo><PayableInvoiceInfo>
<InvoiceIDInfo invoiceID="RE-1001" invoiceDate="2026-02-01T00:00:00Z"/></PayableInvoiceInfo></PayableInfo>
<NetAmount><Money currency="EUR">980.00</Money></NetAmount>
<GrossAmount><Money currency="EUR">1000.00</Money></GrossAmount>
<DiscountAmount><Money currency="EUR">20.00</Money></DiscountAmount></RemittanceDetail>
<RemittanceDetail lineNumber="2"><PayableInfo><PayableInvoiceInfo>
<InvoiceIDInfo invoiceID="RE-1002"/><PayableOrderInfo><OrderIDInfo orderID="PO-88"/></PayableOrderInfo>
</PayableInvoiceInfo></PayableInfo><NetAmount><Money currency="EUR">450.00</Money></NetAmount>
<GrossAmount><Money currency="EUR">500.00</Money></GrossAmount>
<AdjustmentAmount type="other"><Money currency="EUR">50.00</Money></AdjustmentAmount>
<Comments>one pallet missing</Comments></RemittanceDetail>
<RemittanceDetail lineNumber="3"><PayableInfo><PayableInvoiceInfo><InvoiceIDInfo invoiceID="GS-7"/>
</PayableInvoiceInfo></PayableInfo><NetAmount><Money currency="EUR">-100.00</Money></NetAmount>
</RemittanceDetail></PaymentRemittanceRequest></Request></cXML>
"""
TABLE: Final = (
    "Zahlungsreferenz;ZA4711\nZahlungsdatum;14.03.2026\nZahler;HUBER\n\n"
    "Rechnungsnummer;Rechnungsdatum;Bestellung;Brutto;Skonto;Abzug;Grund;Zahlbetrag (EUR)\n"
    "RE-1001;01.02.2026;;1.000,00;20,00;;;980,00\n"
    "RE-1002;;PO-88;500,00;;50,00;one pallet missing;450,00\n"
    "GS-7;;;-100,00;;;;-100,00\nSumme;;;;;;;1.330,00\n"
).encode("cp1252")
PAPER: Final = """HUBER
Zahlungsavis
Zahlungsreferenz: ZA4711
Zahlungsdatum: 14.03.2026

Beleg        Datum        Brutto      Kürzung    Netto
RE-1001      01.02.2026   1.000,00    20,00      980,00
RE-1002      03.02.2026     500,00    50,00      450,00
Gutschrift GS-7           -100,00      0,00     -100,00
Summe                                          1.330,00 EUR
"""
MAIL: Final = (
    b"From: Anna Huber <anna@huber.example>\r\nTo: ar@usance.example\r\n"
    b"Subject: Payment advice\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<html><body><p>Dear all,</p><p>Payment reference: ZA4711</p><p>Amount paid: EUR 1,330.00</p>"
    b"<table><tr><th>Invoice</th><th>Gross amount</th><th>Discount</th><th>Deduction</th>"
    b"<th>Reason</th><th>Amount paid</th></tr>"
    b"<tr><td>RE-1001</td><td>1,000.00</td><td>20.00</td><td></td><td></td><td>980.00</td></tr>"
    b"<tr><td>RE-1002</td><td>500.00</td><td></td><td>50.00</td><td>one pallet missing</td>"
    b"<td>450.00</td></tr><tr><td>GS-7</td><td>-100.00</td><td></td><td></td><td></td>"
    b"<td>-100.00</td></tr></table><p>Kind regards</p></body></html>\r\n"
)


LOCKBOX: Final = (
    "100ABCDEFGHIJ00999999911605231800\n"
    "2ABCDEFGHIJ0099999991000000000040008000801\n"
    "50000000022222160523ABCDEFGHIJ0099999991\n"
    "6001001000070000005500270700123455550000000180051616BOB E SMITH                   MINE\n"
    "40010016010INV-1               0000040000\n"
    "40010016029INV-2               0000030000\n"
    "60010020000010000055002707001234666600000002990516ANNA\n"
    "700100000222221605230020000710000\n"
    "8000000002222216052300020000710000\n"
    "9000010\n"
)


def pdf(text: str) -> bytes:
    """A PDF of one page that has the lines of ``text`` one below the other, in Courier."""
    shown = "".join(
        f"({line.replace(chr(92), '').replace('(', '').replace(')', '')}) Tj T*\n"
        for line in text.splitlines()
    )
    stream = f"BT /F1 9 Tf 12 TL 40 800 Td\n{shown}ET".encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (table, len(out))
    )
