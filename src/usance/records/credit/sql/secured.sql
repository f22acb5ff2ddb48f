-- What cards bear of a buyer's exposure in a currency, in minor units: of each order what is held for it,
-- at most what it holds and has left open. What an order does not need is nobody else's.
-- Two orders are counted with all that is held for them, since they are about to use it: `own`, and the
-- one to come under the shop's name `reference`.
-- Asked only where a line says that anything is held (credit_creditline.secured > 0).

CREATE OR REPLACE FUNCTION credit_secured(
    seller uuid, buyer uuid, code text, reference text, own uuid)
RETURNS bigint LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_seqscan = off
AS $$
BEGIN
    RETURN (
    SELECT coalesce(sum(
           CASE WHEN h.order_id IS NULL THEN CASE WHEN h.name = reference THEN h.held ELSE 0 END
                WHEN h.order_id = own THEN h.held
                ELSE least(h.held, n.needed) END), 0)::bigint
      FROM (SELECT coalesce(a.order_id, o.id) AS order_id,
                   CASE WHEN a.order_id IS NULL AND o.id IS NULL THEN a.order_reference END AS name,
                   sum(a.secured) AS held
              FROM cards_authorization AS a
              -- It has come, and nobody has yet written down that the card is for it.
              LEFT JOIN orders_order AS o
                   ON a.order_id IS NULL AND a.order_reference <> '' AND o.seller_id = a.seller_id
                  AND o.external_id = a.order_reference AND o.buyer_id = a.buyer_id
                  AND o.currency = a.currency
             WHERE a.seller_id = seller AND a.buyer_id = buyer AND a.currency = code
               AND a.secured > 0
             GROUP BY 1, 2) AS h
      LEFT JOIN LATERAL (
           SELECT CASE WHEN x.state IN ('authorized', 'partially_invoiced')
                       THEN x.amount - x.invoiced_amount - x.voided_amount ELSE 0 END
                + coalesce((SELECT sum(least(p.amount, i.outstanding))
                              FROM invoices_invoicepart AS p
                              JOIN invoices_invoice AS i
                                   ON i.seller_id = p.seller_id AND i.id = p.invoice_id
                             WHERE p.seller_id = x.seller_id AND p.order_id = x.id AND p.captured
                               AND i.state = 'open' AND i.outstanding > 0), 0) AS needed
             FROM orders_order AS x WHERE x.seller_id = seller AND x.id = h.order_id) AS n ON true);
END
$$;
