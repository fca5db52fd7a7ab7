// Package identity says which account a request speaks for.
//
// What is here today is the built-in issuer of bearer tokens, by which scripts,
// reporting tools and acceptance suites sign in (sts token): one signing key in
// one file that only the system's own user may read, tokens that live a day at
// the most, and a verifier made of the same parts that will check the tokens of
// a court's own OpenID provider. Start with [Open], [Issuer.Mint] and
// [Issuer.Verify]; [BearerToken] finds the token of a request.
//
// A token proves who asks, not what they may do: roles, and whether the account
// is still active and its agreement signed (§9(a)(3)), are the database's to say, and
// whoever takes a token must ask ([Accounts]). So closing an account ends its
// tokens within seconds, and there is no list of revoked ones to keep.
//
// To come: sign-in of people (OpenID Connect with PKCE, sessions in cookies,
// passwords and their policy, §8), discovery and published keys, and rotation
// of the key (today: stop, delete the file, start; every token ends).
package identity
