-- The bank lines that wait to be settled, beside the lines themselves, which never change: of millions
-- of lines a few hundred wait. Whoever makes a payment of a line, claims it or splits it takes it from
-- here in the same statement, so that no writer can forget to.

CREATE OR REPLACE FUNCTION payments_lines_came() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payments_waitingline (id, seller_id, created_at, bank_transaction_id, booked_on)
    SELECT n.id, n.seller_id, n.created_at, n.id, n.booked_on FROM came AS n WHERE n.amount > 0;
    -- A booking whose payments have come stands for nothing any more.
    DELETE FROM payments_waitingline AS w USING came AS n
     WHERE n.batch_id IS NOT NULL AND w.seller_id = n.seller_id
       AND w.bank_transaction_id = n.batch_id;
    RETURN NULL;
END
$$;

-- Of payments and of claims.
CREATE OR REPLACE FUNCTION payments_lines_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM payments_waitingline AS w USING came AS n
     WHERE w.seller_id = n.seller_id AND w.bank_transaction_id = n.bank_transaction_id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER waiting_lines AFTER INSERT ON payments_banktransaction
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION payments_lines_came();
CREATE OR REPLACE TRIGGER waiting_lines AFTER INSERT ON payments_payment
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION payments_lines_taken();
CREATE OR REPLACE TRIGGER waiting_lines AFTER INSERT ON payments_bankclaim
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION payments_lines_taken();

-- What waits already.
INSERT INTO payments_waitingline (id, seller_id, created_at, bank_transaction_id, booked_on)
SELECT t.id, t.seller_id, t.created_at, t.id, t.booked_on FROM payments_banktransaction AS t
 WHERE t.amount > 0
   AND NOT EXISTS (SELECT 1 FROM payments_payment AS p
                    WHERE p.seller_id = t.seller_id AND p.bank_transaction_id = t.id)
   AND NOT EXISTS (SELECT 1 FROM payments_banktransaction AS b
                    WHERE b.seller_id = t.seller_id AND b.batch_id = t.id)
   AND NOT EXISTS (SELECT 1 FROM payments_bankclaim AS c
                    WHERE c.seller_id = t.seller_id AND c.bank_transaction_id = t.id)
ON CONFLICT DO NOTHING;
