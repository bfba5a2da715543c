"""What champions raise to the product team: acknowledged, decided and shipped, each in its time."""
