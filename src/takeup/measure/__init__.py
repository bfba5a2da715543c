"""One module per question. Ibis tables in, a frozen result out."""
