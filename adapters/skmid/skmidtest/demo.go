package skmidtest

// The names that SK's own test persons have: with a typographical apostrophe, and with a plain one.
const (
	maryGiven    = "MARY ÄNN"
	marySurname  = "O’CONNEŽ-ŠUSLIK TESTNUMBER"
	maryASCIIApo = "O'CONNEŽ-ŠUSLIK TESTNUMBER"
)

// demoPersons are the test persons of SK's demo environment with their outcomes. Where the form of their certificates is
// not published, one was chosen so that all of them occur. TESTNUMBER ONE is known by a capture without a telephone
// number, so this one is invented.
var demoPersons = map[subscription]Person{
	{"+37200000766", "60001019906"}: mary(Person{}),
	{"+37200000566", "60001018800"}: mary(Person{}),
	{"+37268000769", "60001017869"}: {GivenName: "EID2016", Surname: "TESTNUMBER", Profile: EID2016},
	{"+37269930366", "51307149560"}: {GivenName: maryGiven, Surname: maryASCIIApo, Profile: EIDQ2021},
	{"+37200001566", "39901019992"}: mary(Person{Key: RSA, Profile: ESTEIDOld}),
	{"+37200001466", "45001019980"}: mary(Person{}),
	{"+37200001366", "61001019985"}: mary(Person{Profile: ESTEIDOld}),
	{"+37200017716", "60001017716"}: {GivenName: "ONE", Surname: "TESTNUMBER", Profile: ESTEIDMid},
	{"+37060000666", "50001018865"}: mary(Person{Profile: EID2016}),

	{"+37200000266", "60001019939"}: mary(Person{Result: NotClient}),
	{"+37200000366", "60001019928"}: mary(Person{Result: NotClient}),
	{"+37060000266", "50001018832"}: mary(Person{Result: NotClient}),
	{"+37207110066", "60001019947"}: mary(Person{Result: DeliveryError}),
	{"+37201100266", "60001019950"}: mary(Person{Result: Cancelled}),
	{"+37061100266", "50001018854"}: mary(Person{Result: Cancelled}),
	{"+37200000666", "60001019961"}: mary(Person{Result: HashMismatch}),
	{"+37201200266", "60001019972"}: mary(Person{Result: SIMError}),
	{"+37061200266", "50001018876"}: mary(Person{Result: SIMError}),
	{"+37213100266", "60001019983"}: mary(Person{Result: PhoneAbsent}),
	{"+37266000266", "50001018908"}: mary(Person{Result: Timeout}),
	{"+37066000266", "50001018908"}: mary(Person{Result: Timeout}),
}

func mary(p Person) Person {
	p.GivenName, p.Surname = maryGiven, marySurname
	return p
}
