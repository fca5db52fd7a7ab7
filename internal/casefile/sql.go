package casefile

// RowInForce is the SQL of [InForce]: a condition on a fact, that the registry's
// row which brought it (whose id is in the column) is in force. It reads
// registry_rows for every viewer, but lets none of them see one.
func RowInForce(column string) string {
	return `NOT EXISTS (SELECT 1 FROM registry_rows mine JOIN registry_rows newer
 ON newer.case_id = mine.case_id AND newer.order_number = mine.order_number
 AND (newer.source_updated_at > mine.source_updated_at OR (newer.source_updated_at = mine.source_updated_at
 AND (newer.sequence > mine.sequence OR (newer.sequence = mine.sequence AND newer.id > mine.id))))
 WHERE mine.id = ` + column + `)`
}
