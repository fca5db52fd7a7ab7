package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/agencychannel"
	"github.com/service-tracking/sts/ent/setting"
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
// tables are those that were loaded last. Several processes may call it
// together: one works, the others wait for it.
func LoadTables(ctx context.Context, s *store.Store, t reference.Tables) (changed bool, err error) {
	ctx = access.As(ctx, actor)
	content, err := json.Marshal([]any{t.Courts, t.Towns, t.Agencies, t.Coverage})
	if err != nil {
		return false, fmt.Errorf("hashing the reference tables: %w", err)
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	for try := 1; ; try++ {
		last, err := s.Client.Setting.Get(ctx, tablesSetting)
		switch {
		case err == nil && last.Value == hash:
			return changed, nil
		case err != nil && !ent.IsNotFound(err):
			return false, fmt.Errorf("reading which tables were loaded: %w", err)
		}
		err = s.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			l := &loader{tx: tx, agencies: map[string]terms.ID{}}
			if err := l.begin(ctx, last, hash); err != nil {
				return err
			}
			for _, step := range []func(context.Context, reference.Tables) error{l.courts, l.towns, l.lawEnforcementAgencies, l.coverage} {
				if err := step(ctx, t); err != nil {
					return err
				}
			}
			return nil
		})
		switch {
		case err == nil:
			changed = true
		case (store.Duplicate(err) || errors.Is(err, errLoadedMeanwhile)) && try < 3: // look again
		default:
			return false, fmt.Errorf("loading the reference tables: %w", err)
		}
	}
}

var errLoadedMeanwhile = errors.New("another process has loaded them")

// begin swaps the setting, and so locks it: of two processes that load, the
// second waits here and then finds the first one's work.
func (l *loader) begin(ctx context.Context, last *ent.Setting, hash string) error {
	if last == nil {
		return l.tx.Setting.Create().SetID(tablesSetting).SetValue(hash).Exec(ctx)
	}
	n, err := l.tx.Setting.Update().Where(setting.ID(tablesSetting), setting.Value(last.Value)).SetValue(hash).Save(ctx)
	if err == nil && n == 0 {
		err = errLoadedMeanwhile
	}
	return err
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
	var creates []*ent.CourtCreate
	for _, c := range t.Courts {
		old := byCode[c.Code]
		if old == nil {
			creates = append(creates, l.tx.Court.Create().SetCode(c.Code).SetName(c.Name).SetJudicialDistrict(c.JudicialDistrict).SetSitsAt(c.SitsAt))
			continue
		}
		if old.Name == c.Name && old.JudicialDistrict == c.JudicialDistrict && old.SitsAt == c.SitsAt {
			continue
		}
		err := l.tx.Court.UpdateOne(old).SetName(c.Name).SetJudicialDistrict(c.JudicialDistrict).SetSitsAt(c.SitsAt).Exec(ctx)
		if err != nil {
			return fmt.Errorf("renaming court %s: %w", c.Code, err)
		}
	}
	if err := l.tx.Court.CreateBulk(creates...).Exec(ctx); err != nil {
		return fmt.Errorf("writing courts: %w", err)
	}
	return nil
}

func (l *loader) towns(ctx context.Context, t reference.Tables) error {
	stored, err := l.tx.Town.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("reading towns: %w", err)
	}
	byNumber := map[int]*ent.Town{}
	for _, town := range stored {
		byNumber[town.Number] = town
	}
	var creates []*ent.TownCreate
	for _, town := range t.Towns {
		old := byNumber[town.Number]
		if old == nil {
			creates = append(creates, l.tx.Town.Create().SetNumber(town.Number).SetName(town.Name).SetCounty(town.County).
				SetJudicialDistrict(town.JudicialDistrict).SetTroop(town.Troop))
			continue
		}
		if old.Name == town.Name && old.County == town.County && old.JudicialDistrict == town.JudicialDistrict && old.Troop == town.Troop {
			continue
		}
		err := l.tx.Town.UpdateOne(old).SetName(town.Name).SetCounty(town.County).
			SetJudicialDistrict(town.JudicialDistrict).SetTroop(town.Troop).Exec(ctx)
		if err != nil {
			return fmt.Errorf("renaming town %d: %w", town.Number, err)
		}
	}
	if err := l.tx.Town.CreateBulk(creates...).Exec(ctx); err != nil {
		return fmt.Errorf("writing towns: %w", err)
	}
	return nil
}

// lawEnforcementAgencies adds agencies; one without a channel is reached by the
// spool until the registry section names its channels.
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
	reached, err := l.tx.AgencyChannel.Query().Unique(true).Select(agencychannel.FieldAgencyID).Strings(ctx)
	if err != nil {
		return fmt.Errorf("reading agencies' channels: %w", err)
	}
	var agencies []*ent.LawEnforcementAgencyCreate
	var channels []*ent.AgencyChannelCreate
	spool := func(id terms.ID) {
		channels = append(channels, l.tx.AgencyChannel.Create().SetAgencyID(id).SetRank(1).SetKind(terms.ChannelSpool))
	}
	for _, a := range t.Agencies {
		if old := byORI[a.ORI]; old != nil {
			if !slices.Contains(reached, string(old.ID)) {
				spool(old.ID)
			}
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
		spool(id)
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
