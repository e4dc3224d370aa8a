package bankid

// RPSubject is the subject of our certificate as signatures have it.
var RPSubject = rpSubject
