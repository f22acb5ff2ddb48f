-- The one way into the ledger. `entries` is an array of
--   {id, seller_id, kind, subject_id, buyer_id, currency, at, on,
--    postings: [{id, buyer_id, account, amount}]}
-- Balances are locked in one order, so that two postings never wait for each other in a ring.

CREATE OR REPLACE FUNCTION ledger_post(entries jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_entry (id, seller_id, created_at, kind, subject_id, buyer_id, currency, at, "on")
    SELECT e.id, e.seller_id, e.at, e.kind, e.subject_id, e.buyer_id, e.currency, e.at, e."on"
      FROM jsonb_to_recordset(entries) AS e(
           id uuid, seller_id uuid, kind text, subject_id uuid, buyer_id uuid, currency text,
           at timestamptz, "on" date);

    INSERT INTO ledger_posting (id, seller_id, entry_id, buyer_id, account, currency, amount)
    SELECT p.id, e.seller_id, e.id, p.buyer_id, p.account, e.currency, p.amount
      FROM jsonb_to_recordset(entries) AS e(
           id uuid, seller_id uuid, currency text, postings jsonb),
           jsonb_to_recordset(e.postings) AS p(
           id uuid, buyer_id uuid, account text, amount bigint);

    INSERT INTO ledger_balance AS b (id, seller_id, buyer_id, account, currency, amount)
    SELECT gen_random_uuid(), e.seller_id, p.buyer_id, p.account, e.currency, sum(p.amount)
      FROM jsonb_to_recordset(entries) AS e(seller_id uuid, currency text, postings jsonb),
           jsonb_to_recordset(e.postings) AS p(buyer_id uuid, account text, amount bigint)
     GROUP BY e.seller_id, p.buyer_id, p.account, e.currency
     ORDER BY e.seller_id, p.buyer_id NULLS LAST, p.account, e.currency
    ON CONFLICT (seller_id, buyer_id, account, currency)
    DO UPDATE SET amount = b.amount + EXCLUDED.amount;
END
$$;

-- Every posting of an entry arrives in one statement, so the statement is where it must balance.
CREATE OR REPLACE FUNCTION ledger_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT entry_id INTO wrong FROM added
     GROUP BY entry_id, currency HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the postings of entry % do not sum to zero', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER must_balance AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_must_balance();
