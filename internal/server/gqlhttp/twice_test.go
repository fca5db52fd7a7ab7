package gqlhttp

import "testing"

func TestANameGivenTwiceInTheVariablesIsFound(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}`: false,
		`{"a":1,"a":1}`: true,
		`{"input":{"method":"HAND","note":"x","method":"ABODE"}}`: true,
		`{"a":[1,{"b":{},"b":2}]}`:                                true,
		`{"a":{"b":1},"c":{"b":"a"}}`:                             false,
		`null`:                                                    false,
		`{"a":"a","b":"a"}`:                                       false,
		`{"a":[[["x","x"]]],"b":["a"]}`:                           false,
	} {
		if got := namesTwice([]byte(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}
