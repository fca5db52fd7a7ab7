package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// tablesSetting is the setting that tells which tables were loaded last.
const tablesSetting = "reference_tables"

// LoadTables brings the embedded reference tables into the database: what is
// missing is added, what has another name is renamed. Nothing is removed, and
// what the registry section assigned stays. It does nothing, quickly, when the
// tables are those that were loaded last.
func LoadTables(ctx context.Context, s *store.Store, t reference.Tables) (changed bool, err error) {
	ctx = access.As(ctx, "intake")
	content, err := json.Marshal([]any{t.Courts, t.Towns, t.Agencies, t.Coverage})
	if err != nil {
		return false, fmt.Errorf("hashing the reference tables: %w", err)
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	last, err := s.Client.Setting.Get(ctx, tablesSetting)
	switch {
	case err == nil && last.Value == hash:
		return false, nil
	case err != nil && !ent.IsNotFound(err):
		return false, fmt.Errorf("reading which tables were loaded: %w", err)
	}
	err = s.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		l := &loader{tx: tx, agencies: map[string]terms.ID{}}
		for _, step := range []func(context.Context, reference.Tables) error{l.courts, l.towns, l.lawEnforcementAgencies, l.coverage} {
			if err := step(ctx, t); err != nil {
				return err
			}
		}
		if last != nil {
			return tx.Setting.UpdateOneID(tablesSetting).SetValue(hash).Exec(ctx)
		}
		return tx.Setting.Create().SetID(tablesSetting).SetValue(hash).Exec(ctx)
	})
	if store.Duplicate(err) {
		return false, nil // another process that started with this one has loaded them
	}
	if err != nil {
		return false, fmt.Errorf("loading the reference tables: %w", err)
	}
	return true, nil
}

type loader struct {
	tx       *ent.Tx
	agencies map[string]terms.ID // by ORI
}

func (l *loader) courts(ctx context.Context, t reference.Tables) error {
	stored, err := l.tx.Court.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("reading courts: %w", err)
	}
	byCode := map[string]*ent.Court{}
	for _, c := range stored {
		byCode[c.Code] = c
	}
	for _, c := range t.Courts {
		if old := byCode[c.Code]; old != nil {
			err = l.tx.Court.UpdateOne(old).SetName(c.Name).SetJudicialDistrict(c.JudicialDistrict).SetSitsAt(c.SitsAt).Exec(ctx)
		} else {
			err = l.tx.Court.Create().SetCode(c.Code).SetName(c.Name).SetJudicialDistrict(c.JudicialDistrict).SetSitsAt(c.SitsAt).Exec(ctx)
		}
		if err != nil {
			return fmt.Errorf("writing court %s: %w", c.Code, err)
		}
	}
	return nil
}

func (l *loader) towns(ctx context.Context, t reference.Tables) error {
	stored, err := l.tx.Town.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("reading towns: %w", err)
	}
	known := map[int]bool{}
	for _, town := range stored {
		known[town.Number] = true
	}
	var creates []*ent.TownCreate
	for _, town := range t.Towns {
		if !known[town.Number] {
			creates = append(creates, l.tx.Town.Create().SetNumber(town.Number).SetName(town.Name).SetCounty(town.County).
				SetJudicialDistrict(town.JudicialDistrict).SetTroop(town.Troop))
		}
	}
	if err := l.tx.Town.CreateBulk(creates...).Exec(ctx); err != nil {
		return fmt.Errorf("writing towns: %w", err)
	}
	return nil
}

// lawEnforcementAgencies adds agencies; a new one is reached by the spool
// until the registry section names its channels.
func (l *loader) lawEnforcementAgencies(ctx context.Context, t reference.Tables) error {
	stored, err := l.tx.LawEnforcementAgency.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("reading agencies: %w", err)
	}
	byORI := map[string]*ent.LawEnforcementAgency{}
	for _, a := range stored {
		byORI[a.Ori] = a
		l.agencies[a.Ori] = a.ID
	}
	var agencies []*ent.LawEnforcementAgencyCreate
	var channels []*ent.AgencyChannelCreate
	for _, a := range t.Agencies {
		if old := byORI[a.ORI]; old != nil {
			if old.Name != a.Name || old.Kind != a.Kind {
				if err := l.tx.LawEnforcementAgency.UpdateOne(old).SetName(a.Name).SetKind(a.Kind).Exec(ctx); err != nil {
					return fmt.Errorf("writing agency %s: %w", a.ORI, err)
				}
			}
			continue
		}
		id := terms.NewID(terms.AgencyPrefix)
		l.agencies[a.ORI] = id
		agencies = append(agencies, l.tx.LawEnforcementAgency.Create().SetID(id).SetOri(a.ORI).SetName(a.Name).SetKind(a.Kind))
		channels = append(channels, l.tx.AgencyChannel.Create().SetAgencyID(id).SetRank(1).SetKind(terms.ChannelSpool))
	}
	if err := l.tx.LawEnforcementAgency.CreateBulk(agencies...).Exec(ctx); err != nil {
		return fmt.Errorf("writing agencies: %w", err)
	}
	if err := l.tx.AgencyChannel.CreateBulk(channels...).Exec(ctx); err != nil {
		return fmt.Errorf("writing agencies' channels: %w", err)
	}
	return nil
}

func (l *loader) coverage(ctx context.Context, t reference.Tables) error {
	stored, err := l.tx.AgencyCoverage.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("reading coverage: %w", err)
	}
	type cover struct {
		town   int
		agency terms.ID
		place  string
	}
	known := map[cover]bool{}
	for _, c := range stored {
		known[cover{c.TownNumber, c.AgencyID, c.Place}] = true
	}
	var creates []*ent.AgencyCoverageCreate
	for _, c := range t.Coverage {
		if id := l.agencies[c.ORI]; !known[cover{c.TownNumber, id, c.Place}] {
			creates = append(creates, l.tx.AgencyCoverage.Create().SetTownNumber(c.TownNumber).SetAgencyID(id).SetPlace(c.Place))
		}
	}
	if err := l.tx.AgencyCoverage.CreateBulk(creates...).Exec(ctx); err != nil {
		return fmt.Errorf("writing coverage: %w", err)
	}
	return nil
}
