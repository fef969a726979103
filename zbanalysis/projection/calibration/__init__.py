"""What the reference class taught: small tables written by `make reference`, never by hand."""
