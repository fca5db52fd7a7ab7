package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/unroutedaddress"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/terms"
)

// noticedFirst is the order of unrouted addresses.
var noticedFirst = &order[*model.UnroutedAddress]{
	tag: "unrouted", column: unroutedaddress.FieldNoticedAt, is: instant,
	key: func(u *model.UnroutedAddress) string { return printInstant(u.NoticedAt) },
}

func unroutedKind() kind[ent.UnroutedAddress, *model.UnroutedAddress] {
	type u = *model.UnroutedAddress
	columns := func(names ...string) need[u] { return need[u]{columns: names} }
	return kind[ent.UnroutedAddress, u]{
		source: from(func(c *ent.Client) *ent.UnroutedAddressQuery { return c.UnroutedAddress.Query() }),
		name:   "UnroutedAddress",
		types:  []string{"UnroutedAddress"},
		wrap:   func(e *ent.UnroutedAddress) u { return &model.UnroutedAddress{UnroutedAddress: e} },
		id:     func(u u) terms.ID { return u.ID },
		needs: map[string]need[u]{
			"id":            {},
			"kind":          {columns: []string{unroutedaddress.FieldAddressKey}, load: unroutedPlaces},
			"reason":        columns(unroutedaddress.FieldReason),
			"address":       {columns: []string{unroutedaddress.FieldAddressKey}, load: unroutedPlaces},
			"suggestedTown": columns(unroutedaddress.FieldSuggestion),
			"noticedAt":     columns(unroutedaddress.FieldNoticedAt),
			"case": {columns: []string{unroutedaddress.FieldCaseID}, load: func(ctx context.Context, w *walk, rows []u, a asked) error {
				return hangCases(ctx, w, rows, a, func(u u) terms.ID { return u.CaseID }, func(u u, c *model.RegistryCase) { u.Case = c })
			}},
		},
	}
}

// unroutedPlaces loads the addresses; of the kind of address it tells too.
func unroutedPlaces(ctx context.Context, w *walk, rows []*model.UnroutedAddress, a asked) error {
	ids := idsOf(rows, func(u *model.UnroutedAddress) terms.ID { return terms.ID(u.AddressKey) })
	if len(ids) == 0 {
		return nil
	}
	among, err := in("id", ids)
	if err != nil {
		return err
	}
	found, err := addressRows.rows(ctx, w.client, addressColumns, among)
	if err != nil {
		return fmt.Errorf("reading unrouted addresses: %w", err)
	}
	withPersons := a.name == "address" && w.fields(a.sets(), nil).has("protectedPerson")
	shown, err := w.addresses(ctx, found, withPersons)
	if err != nil {
		return err
	}
	for _, row := range rows {
		// Asked for its kind alone, or for both: whichever comes last must not
		// take away the person.
		if row.Address == nil || withPersons {
			row.Address = shown[terms.ID(row.AddressKey)].Address
		}
	}
	return nil
}

func caseUnroutedAddresses(ctx context.Context, w *walk, cases []*model.RegistryCase, a asked) error {
	among, err := in(unroutedaddress.FieldCaseID, idsOf(cases, caseID))
	if err != nil {
		return err
	}
	rows, err := w.unrouted.all(ctx, w, a.sets(), []string{unroutedaddress.FieldCaseID}, among, openOnce)
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b *model.UnroutedAddress) int { return cmp.Compare(a.ID, b.ID) })
	work := map[terms.ID][]*model.UnroutedAddress{}
	for _, row := range rows {
		work[row.CaseID] = append(work[row.CaseID], row)
	}
	for _, c := range cases {
		c.UnroutedAddresses = orEmpty(work[c.ID])
	}
	return nil
}
