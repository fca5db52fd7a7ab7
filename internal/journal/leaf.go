package journal

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// What is hashed, exactly. All of it is fixed for ever: a change needs new
// domain strings, beside the old ones.
//
//	lp(x)  = the length of x in bytes as 4 bytes, big-endian, then x
//	record = lp("sts/journal/record/v1")
//	         lp(id) lp(kind) lp(case_id) lp(about_id) lp(account_id) lp(actor)
//	         lp(recorded_at) lp(facts)
//	leaf   = SHA-256( lp("sts/journal/leaf/v1") lp(salt) lp(record) )
//
// Texts are their UTF-8 bytes as stored; recorded_at is 8 bytes, big-endian:
// microseconds since 1970-01-01T00:00:00Z; facts are the stored bytes of JSON,
// not a re-encoding. A column that is null counts as empty: no room stores an
// empty text where it may store none. Every part has its length before it, so
// no two records have one encoding, and the domain strings keep a leaf from
// being taken for anything else that is hashed.
//
// The salt (16 random bytes) stands before the record and is stored beside it:
// without it nobody finds a docket or a name by trying. When sealed content is
// erased, its salt goes too; the leaf stays, and so does every proof.
//
// The 32 bytes of the leaf are the record data of the transparency log: the
// tree's hash at level 0, index position − 1, is tlog.RecordHash(leaf), which
// is SHA-256(0x00, leaf) as in RFC 6962.
const (
	recordDomain = "sts/journal/record/v1"
	leafDomain   = "sts/journal/leaf/v1"
)

// Leaf is the salted hash of the record as it is stored.
func Leaf(r *ent.JournalRecord) [sha256.Size]byte {
	record := make([]byte, 0, 256+len(r.Facts))
	record = prefixed(record, recordDomain)
	record = prefixed(record, r.ID)
	record = prefixed(record, r.Kind)
	record = prefixed(record, value(r.CaseID))
	record = prefixed(record, value(r.AboutID))
	record = prefixed(record, value(r.AccountID))
	record = prefixed(record, r.Actor)
	record = prefixed(record, binary.BigEndian.AppendUint64(nil, uint64(r.RecordedAt.UnixMicro())))
	record = prefixed(record, r.Facts)

	salted := make([]byte, 0, 64+len(record))
	salted = prefixed(salted, leafDomain)
	salted = prefixed(salted, r.Salt)
	salted = prefixed(salted, record)
	return sha256.Sum256(salted)
}

func prefixed[T ~string | ~[]byte](to []byte, x T) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(x))) // columns hold at most 60,000 bytes
	return append(to, x...)
}

func value(id *terms.ID) terms.ID {
	if id == nil {
		return ""
	}
	return *id
}
