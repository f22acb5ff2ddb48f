-- Records a batch of decided orders in one transaction: reservation, order, decision, ledger,
-- event and idempotency record. The decision was made before, on facts read without a lock, so an
-- approval is held against the credit line again here, under its lock. What no longer fits comes
-- back as 'stale' with nothing written, to be decided anew on fresh facts.
--
-- `claims` is what the gate looks at, an array of
--   {ordinal, seller_id, line_id, outcome, amount, idempotency_key, request_hash (hex), external_id,
--    "on"} and, only where they apply: group_id (the limit its line shares), most_exposure (what a rule
--    lets the line's exposure reach), exposure (what it was when a rule read it, orders before it in
--    `claims` included), and of the buyer's own rules member_id, member_since, member_spent
--    (what that member was found to have spent since, orders before it in `claims` included),
--    member_adds (what this order adds to it), both in member_currency, and unique_po (a number used
--    once only). Of these last a declined order brings what its refusal rests on, and comes back too
--    if that does not hold any more.
-- `details` is what is written for those who pass, an array with the same ordinals. Two arrays, since
-- the gate reads its own more than once and reading JSON is most of what a small order costs.
--
-- Returns a row an element: recorded | stale | replayed | key_reused | key_in_flight |
-- external_id_taken; for replayed the first answer.

DROP FUNCTION IF EXISTS orders_authorize(jsonb);
DROP FUNCTION IF EXISTS orders_authorize(jsonb, jsonb);

-- What a member has ordered since an instant and not let go of, in minor units of one currency at the
-- rates of a day, each order rounded up. NULL where one cannot be converted.
CREATE OR REPLACE FUNCTION orders_spent(
    seller uuid, member uuid, code text, since timestamptz, day date)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT CASE WHEN bool_or(x.amount IS NULL) THEN NULL
                        ELSE coalesce(sum(x.amount), 0)::bigint END
              FROM (SELECT CASE WHEN o.currency = code THEN o.amount - o.voided_amount
                                ELSE ceil(credit_converted(seller, o.amount - o.voided_amount,
                                                           o.currency, code, day)) END AS amount
                      FROM orders_order AS o
                     WHERE o.seller_id = seller AND o.member_id = member AND o.created_at >= since
                       AND o.state NOT IN ('declined', 'canceled', 'expired')) AS x);
END
$$;

-- Whether a buyer has used a purchase-order number on an order that stands.
CREATE OR REPLACE FUNCTION orders_po_used(seller uuid, buyer uuid, number text)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM orders_order AS o
                    WHERE o.seller_id = seller AND o.buyer_id = buyer AND o.po_number = number
                      AND o.po_number <> '' AND o.state NOT IN ('declined', 'canceled', 'expired'));
END
$$;

CREATE OR REPLACE FUNCTION orders_authorize(claims jsonb, details jsonb, grouped boolean)
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
    used bigint := 0;
    current_group uuid;
    line_currency text;
    line_buyer uuid;
    is_secured boolean := false;
    from_cards bigint := 0;
    shared record;
    group_rooms jsonb := '{}';
    reviewed boolean := false;
    accepted integer[] := '{}';
    seen text[] := '{}';
    ordered jsonb := '{}';
BEGIN
    -- NO KEY: rows that reference the line may be inserted meanwhile by whoever holds no lock on it.
    PERFORM 1 FROM credit_creditline l
      WHERE (l.id, l.seller_id) IN (
            SELECT c.line_id, c.seller_id
              FROM jsonb_to_recordset(claims) AS c(line_id uuid, seller_id uuid, outcome text)
             WHERE c.outcome = 'approved')
      ORDER BY l.id
        FOR NO KEY UPDATE;
    -- Whoever draws on a shared limit locks it after its lines, so that what all its lines use
    -- together stands still while it is compared.
    IF grouped THEN
        PERFORM 1 FROM credit_grouplimit g
          WHERE (g.id, g.seller_id) IN (
                SELECT c.group_id, c.seller_id
                  FROM jsonb_to_recordset(claims) AS c(group_id uuid, seller_id uuid, outcome text)
                 WHERE c.outcome = 'approved')
          ORDER BY g.id
            FOR NO KEY UPDATE;
    END IF;

    FOR candidate IN
        SELECT c.* FROM jsonb_to_recordset(claims) AS c(
               ordinal integer, seller_id uuid, line_id uuid, outcome text, amount bigint,
               idempotency_key text, request_hash text, external_id text, "on" date,
               group_id uuid, most_exposure bigint, exposure bigint, member_id uuid, member_since timestamptz,
               member_spent bigint, member_adds bigint, member_currency text, buyer_id uuid,
               unique_po text)
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
        IF candidate.member_since IS NOT NULL OR candidate.unique_po IS NOT NULL THEN
            -- The buyer's orders of all currencies one after another: a line is of one currency. Taken
            -- after the lines, as everywhere.
            PERFORM pg_advisory_xact_lock(
                hashtextextended(candidate.seller_id::text || candidate.buyer_id, 5));
            -- Orders of this very call are not in the tables yet; `ordered` and `seen` know them.
            IF (candidate.member_since IS NOT NULL
                AND orders_spent(candidate.seller_id, candidate.member_id,
                                 candidate.member_currency, candidate.member_since, candidate."on")
                    + coalesce((ordered->>candidate.member_id::text)::bigint, 0)
                    IS DISTINCT FROM candidate.member_spent)
               OR (candidate.unique_po IS NOT NULL
                   AND (orders_po_used(candidate.seller_id, candidate.buyer_id, candidate.unique_po)
                        OR 'p' || candidate.buyer_id || candidate.unique_po = ANY (seen))) THEN
                result := 'stale';
                RETURN NEXT;
                CONTINUE;
            END IF;
        END IF;
        IF candidate.outcome = 'approved' THEN
            IF current_line IS DISTINCT FROM candidate.line_id THEN
                current_line := candidate.line_id;
                SELECT CASE WHEN l.state = 'active' THEN l."limit" + l.tolerance - e.exposure ELSE -1 END,
                       e.exposure, l.group_id, l.currency, l.buyer_id,
                       l.secured > 0 AND l.state = 'active'
                  INTO room, used, current_group, line_currency, line_buyer, is_secured
                  FROM credit_creditline l
                 CROSS JOIN LATERAL (
                       SELECT l.commitments + l.receivable + l.external - l.unapplied_cash
                              AS exposure) AS e
                 WHERE l.id = candidate.line_id AND l.seller_id = candidate.seller_id;
            END IF;
            -- What cards hold for the buyer's orders, and for this one under its name.
            from_cards := 0;
            IF is_secured THEN
                from_cards := credit_secured(candidate.seller_id, line_buyer, line_currency,
                                             candidate.external_id, NULL);
            END IF;
            IF candidate.amount > coalesce(room, -1) + from_cards
               OR used + candidate.amount > candidate.most_exposure
               OR used <> candidate.exposure
               OR current_group IS DISTINCT FROM candidate.group_id THEN
                result := 'stale';
                RETURN NEXT;
                CONTINUE;
            END IF;
            IF current_group IS NOT NULL THEN
                SELECT coalesce((group_rooms->>current_group::text)::bigint,
                                credit_group_room(candidate.seller_id, current_group, candidate."on"))
                       AS room,
                       ceil(credit_converted(candidate.seller_id, candidate.amount, line_currency,
                                             g.currency, candidate."on"))::bigint AS needed
                  INTO shared
                  FROM credit_grouplimit g
                 WHERE g.id = current_group AND g.seller_id = candidate.seller_id;
                IF shared.needed IS NULL OR shared.needed > shared.room THEN
                    result := 'stale';
                    RETURN NEXT;
                    CONTINUE;
                END IF;
                group_rooms := group_rooms
                    || jsonb_build_object(current_group::text, shared.room - shared.needed);
            END IF;
            used := used + candidate.amount;
            room := room - candidate.amount;
        END IF;
        IF candidate.idempotency_key IS NOT NULL THEN
            seen := seen || ('k' || candidate.seller_id || candidate.idempotency_key);
        END IF;
        IF candidate.external_id IS NOT NULL THEN
            seen := seen || ('x' || candidate.seller_id || candidate.external_id);
        END IF;
        IF candidate.outcome <> 'declined' THEN
            IF candidate.member_adds IS NOT NULL THEN
                ordered := ordered || jsonb_build_object(candidate.member_id::text,
                    coalesce((ordered->>candidate.member_id::text)::bigint, 0)
                    + candidate.member_adds);
            END IF;
            IF candidate.unique_po IS NOT NULL THEN
                seen := seen || ('p' || candidate.buyer_id || candidate.unique_po);
            END IF;
        END IF;
        reviewed := reviewed OR candidate.outcome = 'review';
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
               alternatives jsonb, shadow jsonb, member_id uuid, cost_centre text, ship_to jsonb,
               approval_chain jsonb, event_type text, event_data jsonb, actor text)
         WHERE d.ordinal = ANY (accepted)
    ), reserved AS (
        UPDATE credit_creditline l
           SET commitments = l.commitments + held.amount
          FROM (SELECT o.line_id, o.seller_id, sum(o.amount) AS amount
                  FROM o WHERE o.outcome = 'approved' GROUP BY 1, 2) AS held
         WHERE l.id = held.line_id AND l.seller_id = held.seller_id
    ), decided AS (
        INSERT INTO credit_decision (id, seller_id, created_at, buyer_id, policy_id, outcome,
               reasons, amount, currency, terms, up_to, facts, trace, alternatives, shadow)
        SELECT o.decision_id, o.seller_id, o.at, o.buyer_id, o.policy_id, o.outcome,
               o.reasons, o.amount, o.currency, o.terms, o.up_to, o.facts, o.trace, o.alternatives,
               o.shadow
          FROM o
    ), ordered AS (
        INSERT INTO orders_order (id, seller_id, created_at, buyer_id, line_id, decision_id, state,
               currency, amount, tax_amount, invoiced_amount, invoiced_tax, voided_amount, terms,
               due_on, expires_on, po_number, lines, external_id, metadata, member_id, cost_centre,
               ship_to, approval_chain)
        SELECT o.order_id, o.seller_id, o.at, o.buyer_id, o.line_id, o.decision_id, o.state,
               o.currency, o.amount, o.tax_amount, 0, 0, 0, o.terms,
               o.due_on, o.expires_on, o.po_number, o.lines, o.external_id, o.metadata,
               o.member_id, coalesce(o.cost_centre, ''), o.ship_to, o.approval_chain
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

    -- Rare enough to read the details again: what a person must decide, and who may.
    IF reviewed THEN
        INSERT INTO credit_review (id, seller_id, created_at, kind, subject_id, buyer_id, state, route,
               roles, people, due_at, escalate_to, asked_by, reasons, amount, currency, proposal)
        SELECT d.review_id, d.seller_id, d.at, 'order', d.order_id, d.buyer_id, 'open', d.route,
               d.roles, d.people, d.review_due_at, d.escalate_to, d.actor, d.reasons, d.amount,
               d.currency, '{}'
          FROM jsonb_to_recordset(details) AS d(
               ordinal integer, review_id uuid, seller_id uuid, at timestamptz, order_id uuid,
               buyer_id uuid, route text, roles text[], people integer, review_due_at timestamptz,
               escalate_to text, actor text, reasons text[], amount bigint, currency text)
         WHERE d.ordinal = ANY (accepted) AND d.review_id IS NOT NULL;
    END IF;

    RETURN QUERY SELECT a.n, 'recorded'::text, NULL::smallint, NULL::text
                   FROM unnest(accepted) AS a(n);
END
$$;
