"""Why SEPA direct debits are rejected, returned or refunded: external reason codes of ISO 20022.

Banks use more than the schemes foresee, so codes of credit transfers and of statuses are here too.
Source of the codes: ISO 20022 External Code Sets (ExternalReturnReason1Code, ExternalStatusReason1Code)
and EPC173-14 (guidance on reason codes for SEPA direct debit R-transactions); the words are ours.
"""

from __future__ import annotations

from typing import Final

from usance.rules.debits.reasons import table

SEPA_REASONS: Final = table(
    """
AC01 account corrected A The IBAN is wrong or there is no such account.
AC02 account corrected A The debtor's account number is wrong.
AC03 data corrected - Our own account number is wrong.
AC04 account agreed AB The account has been closed.
AC05 account agreed AB The debtor's account has been closed.
AC06 account agreed AB The account is blocked, or blocked against direct debits.
AC07 data corrected - Our own account has been closed.
AC13 account agreed AM The account is a consumer's, from which nothing may be collected by B2B.
AC14 data corrected - Our own account is of a kind into which nothing may be collected.
AG01 account agreed A Direct debits are not allowed from this kind of account.
AG02 data corrected - The bank does not take this scheme or sequence type; the first collection may be due.
AG03 bank never - The bank does not support this kind of payment.
AGNT bank corrected - A bank on the way is wrong or not known.
AM01 data never - The amount is nought.
AM02 data corrected - The amount is above what the bank allows.
AM03 data never - The currency is not taken.
AM04 funds again:2 B There was not enough money in the account.
AM05 duplicate never - The collection was sent before.
AM06 data never - The amount is below what the bank takes.
AM07 law never A The money in the account is blocked by law or by a court.
AM09 data corrected - The amount is not the one that was agreed.
AM10 data corrected - The sum in the file is not the sum of its payments.
AM12 data corrected - The amount is missing or cannot be read.
AM14 refused agreed B The amount is above what the buyer and its bank agreed on.
AM18 data corrected - The number of payments in the file is not the one stated.
AM19 data corrected - The number of payments in the group is not the one stated.
AM20 data corrected - The sum of the group is not the one stated.
AM21 refused agreed B The amount is above the limit of the buyer.
AM23 refused agreed B The amount is above what may be collected at present.
ARDT duplicate never - The payment had come back before.
BE01 data corrected A Name and account are not one and the same customer's.
BE04 data corrected - The address of the creditor is missing or wrong.
BE05 data corrected - The creditor identifier is wrong, or its bank does not know it.
BE06 account corrected A The bank has no such customer.
BE07 data corrected - The address of the debtor is missing or wrong.
CNOR bank never - Our own bank takes no part in the scheme.
CURR data never - The currency is wrong.
CUST ours never - The payment was called back by the customer.
DNOR bank agreed A The debtor's bank takes no part in the scheme.
DS02 ours never - An authorised person withdrew the order.
DS0H data corrected - Whoever signed the order may not do so.
DT01 data corrected - The date of collection is not one the bank can take.
DT02 data corrected - The date on which the file was made is wrong.
DUPL duplicate never - The payment was sent twice.
ED01 bank corrected - The bank on the way is not possible.
ED03 bank never - The balance at the settlement system did not suffice.
ED05 bank again:1 - The settlement between the banks failed.
ERIN data corrected - Information that somebody offered could not be taken.
FF01 data corrected - The file is not of the form the bank takes.
FF03 data corrected - The kind of payment is wrong in the file.
FF05 data corrected - The scheme named in the file is wrong.
FF06 data corrected - The category of purpose is wrong.
FF07 data corrected - The purpose is wrong.
FF10 bank again:1 - The bank's own system failed.
FOCR ours never - The payment came back because its cancellation was asked for.
FR01 law never - The bank suspects fraud.
FRAD law never MU The payment is said to be of fraudulent origin.
LEGL law never - A court decided it.
MD01 unauthorised agreed MU There is no valid mandate, or the buyer has taken it back or denies it.
MD02 mandate corrected - What is said of the mandate is incomplete or not what the bank has.
MD05 data never - The money was not due, or was collected in a way that was not agreed.
MD06 refused agreed B The buyer had the money back within eight weeks, for which it needs no reason.
MD07 person never MA The debtor has died.
MS01 unknown never - Nobody gave a reason.
MS02 refused agreed B The buyer refused the payment and gave no reason.
MS03 bank again:1 - The bank gave no reason; some may not say that the money or the account was missing.
NARR unknown never - The reason is in the text beside it.
NOAS unknown never - The customer has not answered.
NOOR bank never - The payment that is meant was never received.
PY01 bank agreed A The debtor's bank cannot be reached.
RC01 data corrected A The BIC is wrong.
RC03 data corrected A The identification of the debtor's bank is wrong.
RC04 data corrected - The identification of our own bank is wrong.
RC07 data corrected - The BIC of our own bank is wrong.
RF01 data corrected - The reference is not unique; use another one.
RR01 data corrected - The debtor's account or identification is missing, which law demands.
RR02 data corrected - The debtor's name or address is missing, which law demands.
RR03 data corrected - The creditor's name or address is missing, which law demands.
RR04 law never - The bank has a reason in law that it need not tell.
SL01 refused agreed B The buyer has its bank hold back debits like this one.
SL11 refused agreed B We are not among those whom the buyer lets its bank pay.
SL12 refused agreed B We are among those whom the buyer does not let its bank pay.
SL13 refused agreed B The buyer's bank may not pay so many debits under this mandate.
SL14 refused agreed B The buyer's bank may not pay so much at once under this mandate.
SVNR refused agreed - What was paid for was not rendered.
TECH bank again:1 - Something technical went wrong and a wrong payment was made.
TM01 data again:2 - The file reached the bank after its cut-off.
UPAY refused agreed - The payment was not owed.
""",
    scheme="sepa",
)
