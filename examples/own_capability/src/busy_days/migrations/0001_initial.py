"""The first table."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Weekdays."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Weekday",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("use_case", models.CharField(max_length=200)),
                ("day", models.PositiveSmallIntegerField()),
                ("decisions", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["use_case", "day"], name="one_a_weekday")
                ]
            },
        )
    ]
