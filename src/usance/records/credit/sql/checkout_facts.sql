-- Everything a checkout must know, for any number of questions at once:
--   [{seller_id, buyer_id, external_id, currency, key}]
-- A function for the sake of its plan, which is made once for a session: planning the query takes
-- several times longer than running it. The settings keep to index look-ups, which is right for one
-- question and for a thousand.

CREATE OR REPLACE FUNCTION credit_checkout_facts(questions jsonb)
RETURNS TABLE (
    buyer_id uuid, policy_id uuid, line_id uuid, line_state text, terms text[], line_limit bigint,
    tolerance bigint, commitments bigint, receivable bigint, external bigint, unapplied_cash bigint,
    oldest_due_on date, request_hash bytea, status smallint, body text)
LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT b.id, p.id, l.id, l.state::text, l.terms::text[], l."limit", l.tolerance, l.commitments,
           l.receivable, l.external, l.unapplied_cash, due.due_on, i.request_hash, i.status, i.body
      FROM ROWS FROM (jsonb_to_recordset(questions) AS (
               seller_id uuid, buyer_id uuid, external_id text, currency text, key text)
           ) WITH ORDINALITY AS q(seller_id, buyer_id, external_id, currency, key, n)
      LEFT JOIN LATERAL (
           SELECT id FROM parties_buyer
            WHERE seller_id = q.seller_id AND id = q.buyer_id
           UNION ALL
           SELECT id FROM parties_buyer
            WHERE seller_id = q.seller_id AND external_id = q.external_id AND q.buyer_id IS NULL
           LIMIT 1) AS b ON true
      LEFT JOIN LATERAL (
           SELECT id FROM credit_creditpolicy
            WHERE seller_id = q.seller_id ORDER BY version DESC LIMIT 1) AS p ON true
      LEFT JOIN credit_creditline AS l
           ON l.seller_id = q.seller_id AND l.buyer_id = b.id AND l.currency = q.currency
      LEFT JOIN LATERAL (
           SELECT due_on FROM invoices_invoice
            WHERE seller_id = q.seller_id AND buyer_id = b.id AND currency = q.currency
              AND state = 'open'
            ORDER BY due_on LIMIT 1) AS due ON true
      LEFT JOIN events_idempotencyrecord AS i ON i.seller_id = q.seller_id AND i.key = q.key
     ORDER BY q.n;
END
$$;
