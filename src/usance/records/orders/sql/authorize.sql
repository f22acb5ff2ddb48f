-- Records a batch of decided orders in one transaction: reservation, order, decision, ledger,
-- event and idempotency record. The decision was made before, on facts read without a lock, so an
-- approval is held against the credit line again here, under its lock. What no longer fits comes
-- back as 'stale' with nothing written, to be decided anew on fresh facts.
--
-- `claims` is what the gate looks at, an array of
--   {ordinal, seller_id, line_id, outcome, amount, idempotency_key, request_hash (hex), external_id}
-- `details` is what is written for those who pass, an array with the same ordinals. Two arrays, since
-- the gate reads its own more than once and reading JSON is most of what a small order costs.
--
-- Returns a row an element: recorded | stale | replayed | key_reused | key_in_flight |
-- external_id_taken; for replayed the first answer.

DROP FUNCTION IF EXISTS orders_authorize(jsonb);

CREATE OR REPLACE FUNCTION orders_authorize(claims jsonb, details jsonb)
RETURNS TABLE (ordinal integer, result text, status smallint, body text)
LANGUAGE plpgsql
-- One plan a session, by index look-ups: right for one order and for a thousand.
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    candidate record;
    prior record;
    current_line uuid;
    room bigint := 0;
    accepted integer[] := '{}';
    seen text[] := '{}';
BEGIN
    -- NO KEY: rows that reference the line may be inserted meanwhile by whoever holds no lock on it.
    PERFORM 1 FROM credit_creditline l
      WHERE (l.id, l.seller_id) IN (
            SELECT c.line_id, c.seller_id
              FROM jsonb_to_recordset(claims) AS c(line_id uuid, seller_id uuid, outcome text)
             WHERE c.outcome = 'approved')
      ORDER BY l.id
        FOR NO KEY UPDATE;

    FOR candidate IN
        SELECT c.* FROM jsonb_to_recordset(claims) AS c(
               ordinal integer, seller_id uuid, line_id uuid, outcome text, amount bigint,
               idempotency_key text, request_hash text, external_id text)
         ORDER BY c.line_id, c.ordinal
    LOOP
        ordinal := candidate.ordinal;
        status := NULL;
        body := NULL;
        IF candidate.idempotency_key IS NOT NULL THEN
            -- A transaction holds its key until it ends; within this one the list remembers.
            IF 'k' || candidate.seller_id || candidate.idempotency_key = ANY (seen)
               OR NOT pg_try_advisory_xact_lock(
                      hashtextextended(candidate.seller_id || candidate.idempotency_key, 0)) THEN
                result := 'key_in_flight';
                RETURN NEXT;
                CONTINUE;
            END IF;
            SELECT i.request_hash, i.status, i.body INTO prior
              FROM events_idempotencyrecord i
             WHERE i.seller_id = candidate.seller_id AND i.key = candidate.idempotency_key;
            IF FOUND THEN
                IF prior.request_hash = decode(candidate.request_hash, 'hex') THEN
                    result := 'replayed';
                    status := prior.status;
                    body := prior.body;
                ELSE
                    result := 'key_reused';
                END IF;
                RETURN NEXT;
                CONTINUE;
            END IF;
        END IF;
        IF candidate.external_id IS NOT NULL THEN
            PERFORM 1 FROM orders_order o
              WHERE o.seller_id = candidate.seller_id AND o.external_id = candidate.external_id;
            IF FOUND OR 'x' || candidate.seller_id || candidate.external_id = ANY (seen) THEN
                result := 'external_id_taken';
                RETURN NEXT;
                CONTINUE;
            END IF;
        END IF;
        IF candidate.outcome = 'approved' THEN
            IF current_line IS DISTINCT FROM candidate.line_id THEN
                current_line := candidate.line_id;
                SELECT CASE WHEN l.state = 'active'
                            THEN l."limit" + l.tolerance - l.commitments - l.receivable - l.external
                                 + l.unapplied_cash
                            ELSE -1 END
                  INTO room
                  FROM credit_creditline l
                 WHERE l.id = candidate.line_id AND l.seller_id = candidate.seller_id;
            END IF;
            IF candidate.amount > room THEN
                result := 'stale';
                RETURN NEXT;
                CONTINUE;
            END IF;
            room := room - candidate.amount;
        END IF;
        IF candidate.idempotency_key IS NOT NULL THEN
            seen := seen || ('k' || candidate.seller_id || candidate.idempotency_key);
        END IF;
        IF candidate.external_id IS NOT NULL THEN
            seen := seen || ('x' || candidate.seller_id || candidate.external_id);
        END IF;
        accepted := accepted || candidate.ordinal;
    END LOOP;

    IF accepted = '{}' THEN
        RETURN;
    END IF;

    -- One statement, so that the details are read once. The ledger's rows are written here and not
    -- through ledger_post for the same reason; its trigger checks that they balance all the same.
    WITH o AS MATERIALIZED (
        SELECT d.* FROM jsonb_to_recordset(details) AS d(
               ordinal integer, seller_id uuid, buyer_id uuid, line_id uuid, outcome text,
               amount bigint, idempotency_key text, request_hash text, external_id text,
               answer text, at timestamptz, "on" date,
               order_id uuid, decision_id uuid, event_id uuid, record_id uuid, entry_id uuid,
               held_id uuid, contra_id uuid,
               state text, currency text, tax_amount bigint, terms text, due_on date,
               expires_on date, po_number text, lines jsonb, metadata jsonb,
               policy_id uuid, reasons text[], up_to bigint, facts jsonb, trace jsonb,
               event_type text, event_data jsonb, actor text)
         WHERE d.ordinal = ANY (accepted)
    ), reserved AS (
        UPDATE credit_creditline l
           SET commitments = l.commitments + held.amount
          FROM (SELECT o.line_id, o.seller_id, sum(o.amount) AS amount
                  FROM o WHERE o.outcome = 'approved' GROUP BY 1, 2) AS held
         WHERE l.id = held.line_id AND l.seller_id = held.seller_id
    ), decided AS (
        INSERT INTO credit_decision (id, seller_id, created_at, buyer_id, policy_id, outcome,
               reasons, amount, currency, terms, up_to, facts, trace)
        SELECT o.decision_id, o.seller_id, o.at, o.buyer_id, o.policy_id, o.outcome,
               o.reasons, o.amount, o.currency, o.terms, o.up_to, o.facts, o.trace
          FROM o
    ), ordered AS (
        INSERT INTO orders_order (id, seller_id, created_at, buyer_id, line_id, decision_id, state,
               currency, amount, tax_amount, invoiced_amount, invoiced_tax, voided_amount, terms,
               due_on, expires_on, po_number, lines, external_id, metadata)
        SELECT o.order_id, o.seller_id, o.at, o.buyer_id, o.line_id, o.decision_id, o.state,
               o.currency, o.amount, o.tax_amount, 0, 0, 0, o.terms,
               o.due_on, o.expires_on, o.po_number, o.lines, o.external_id, o.metadata
          FROM o
         -- Two batches that bring the same external_ids take them in the same order.
         ORDER BY o.seller_id, o.external_id
    ), remembered AS (
        INSERT INTO events_idempotencyrecord (id, seller_id, created_at, key, request_hash, status, body)
        SELECT o.record_id, o.seller_id, o.at, o.idempotency_key, decode(o.request_hash, 'hex'),
               201, o.answer
          FROM o WHERE o.idempotency_key IS NOT NULL
    ), entered AS (
        INSERT INTO ledger_entry (id, seller_id, created_at, kind, subject_id, buyer_id, currency, at, "on")
        SELECT o.entry_id, o.seller_id, o.at, 'order_authorized', o.order_id, o.buyer_id, o.currency,
               o.at, o."on"
          FROM o WHERE o.outcome = 'approved'
    ), posted AS (
        INSERT INTO ledger_posting (id, seller_id, entry_id, buyer_id, account, currency, amount)
        SELECT p.id, o.seller_id, o.entry_id, o.buyer_id, p.account, o.currency, p.amount
          FROM o CROSS JOIN LATERAL (
               VALUES (o.held_id, 'commitments', o.amount),
                      (o.contra_id, 'commitments_contra', -o.amount)) AS p(id, account, amount)
         WHERE o.outcome = 'approved'
    ), balanced AS (
        INSERT INTO ledger_balance AS b (id, seller_id, buyer_id, account, currency, amount)
        SELECT gen_random_uuid(), s.seller_id, s.buyer_id, p.account, s.currency, p.sign * s.amount
          FROM (SELECT o.seller_id, o.buyer_id, o.currency, sum(o.amount) AS amount
                  FROM o WHERE o.outcome = 'approved' GROUP BY 1, 2, 3) AS s,
               (VALUES ('commitments', 1), ('commitments_contra', -1)) AS p(account, sign)
         ORDER BY s.seller_id, s.buyer_id, p.account, s.currency
        ON CONFLICT (seller_id, buyer_id, account, currency)
        DO UPDATE SET amount = b.amount + EXCLUDED.amount
    )
    INSERT INTO events_event (id, seller_id, created_at, type, object_type, object_id, buyer_id,
           state, currency, owed_change, actor, data)
    SELECT o.event_id, o.seller_id, o.at, o.event_type, 'order', o.order_id, o.buyer_id,
           o.state, o.currency, 0, o.actor, o.event_data
      FROM o ORDER BY o.ordinal;

    RETURN QUERY SELECT a.n, 'recorded'::text, NULL::smallint, NULL::text
                   FROM unnest(accepted) AS a(n);
END
$$;
