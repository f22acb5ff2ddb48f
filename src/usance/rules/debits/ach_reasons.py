"""Why ACH entries come back: R01 to R85.

The numbers are everybody's; what they mean is said in our own words.
"""

from __future__ import annotations

from typing import Final

from usance.rules.debits.reasons import table

SIXTY_DAYS: Final = frozenset(
    {"R05", "R07", "R10", "R11", "R33", "R37", "R38", "R51", "R52", "R53"}
)
"""Returns that a consumer may bring about, or that concern a paper item: 60 calendar days. R29, by
which a firm says the same, must come within two banking days like all others."""

ACH_REASONS: Final = table(
    """
R01 funds again:2 B There was not enough money in the account.
R02 account agreed AB The account has been closed.
R03 account corrected A The account is not there, or is not in the name that was given.
R04 account corrected A The account number cannot be right at this bank.
R05 unauthorised agreed MU A consumer who did not agree was debited as if it were a firm.
R06 ours never - Our own bank asked for the entry back.
R07 unauthorised agreed MU The buyer has taken back the authorization it once gave.
R08 refused agreed B The buyer told its bank to stop this payment.
R09 funds again:2 B There is money in the account, but it is not cleared yet.
R10 unauthorised agreed MU The buyer says it does not know us, or never agreed to this debit.
R11 unauthorised corrected U The buyer agreed to a debit, but not to this amount, this day or this form.
R12 account corrected A The account has moved to a branch or a bank with another routing number.
R13 account corrected A No bank in ACH has this routing number.
R14 person never MA The person who received for somebody else has died or can no longer do so.
R15 person never MA The account's owner has died.
R16 law never A The account is frozen, by its bank or by law.
R17 data corrected - The receiving bank could not process a field, or found the entry questionable.
R18 data corrected - The effective entry date is not a day the bank could take.
R19 data corrected - The amount is missing or not one for this kind of entry.
R20 account agreed A This kind of account may not be debited.
R21 data corrected - The identification of the company is not known to the receiver.
R22 data corrected - The receiver does not know the identification number in the entry.
R23 refused agreed B The buyer refused the credit.
R24 duplicate never - The entry seems to have been sent twice.
R25 data corrected - An addenda record is missing, wrong or out of place.
R26 data corrected - A field that must be filled is empty or wrong.
R27 data corrected - A trace number is missing or does not fit.
R28 data corrected A The check digit of the routing number is wrong.
R29 unauthorised agreed MU The firm says that it did not agree to this debit.
R30 bank never - The receiving bank takes no part in check truncation.
R31 ours agreed MU A late return from a firm, which our bank has consented to take.
R32 bank again:1 - The receiving bank could not settle.
R33 data never - A check that was sent as an entry by mistake of its form has come back.
R34 bank agreed A The receiving bank may take part in ACH only in part.
R35 data never A Debits are not allowed to this kind of account or entry.
R36 data never - Credits are not allowed for this kind of entry.
R37 duplicate never - The check behind the entry was itself presented for payment.
R38 refused never B The buyer stopped the check behind the entry.
R39 data never - The document behind the entry may not be turned into one, or was presented too.
R40 bank never - A federal agency sent the enrollment back.
R41 data corrected - The transaction code in the enrollment is wrong.
R42 data corrected A The routing number in the enrollment is wrong.
R43 data corrected A The account number in the enrollment is wrong.
R44 data corrected - The identification number in the enrollment is not the agency's.
R45 data corrected - The name in the enrollment is not the agency's.
R46 data corrected - Whether somebody receives for another is wrong in the enrollment.
R47 duplicate never - The enrollment was sent twice.
R50 law never - A state's law does not let this check be sent as an entry.
R51 unauthorised never U The check may not be sent as an entry, or notice, signature or amount was wrong.
R52 refused never B The buyer stopped the check that was sent as an entry.
R53 duplicate never - The check and the entry made of it were both presented.
R61 bank never - Our bank sent the return back: it came to the wrong bank.
R62 bank never - Our bank sent the return back: it undid a debit that was itself a reversal or an error.
R63 bank never - Our bank sent the return back: its amount was not the entry's. No longer in use.
R64 bank never - Our bank sent the return back: its identification was not the entry's. No longer in use.
R65 bank never - Our bank sent the return back: its transaction code was wrong. No longer in use.
R66 bank never - Our bank sent the return back: its company identification was wrong. No longer in use.
R67 bank never - Our bank sent the return back: the entry had been returned before.
R68 bank never - Our bank sent the return back: it came too late.
R69 bank never - Our bank sent the return back: a field of it was wrong.
R70 bank never - Our bank sent the return back: it had neither asked for it nor consented to it.
R71 bank never - The other bank upholds its return: ours sent it back to the wrong place.
R72 bank never - The other bank upholds its return: ours sent it back too late.
R73 bank never - The other bank upholds its return: it was in time.
R74 bank never - The other bank upholds its return and has put its fields right.
R75 bank never - The other bank upholds its return: it was no second one.
R76 bank never - The other bank upholds its return: it finds nothing wrong with it.
R77 bank never - The other bank upholds its return: the money had gone back to the buyer already.
R80 data corrected - Fields of the international entry are wrong.
R81 bank never - The bank takes no part in international entries.
R82 data corrected A The foreign bank's identification is wrong.
R83 bank again:1 - The foreign bank could not settle.
R84 bank corrected - The gateway did not process the entry.
R85 data corrected - A payment that goes abroad was sent as if it stayed in the country.
""",
    scheme="ach",
)
