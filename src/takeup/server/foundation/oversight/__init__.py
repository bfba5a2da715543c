"""The overseers' record that the law asks for: sealed, apart, never joined to analytics."""
