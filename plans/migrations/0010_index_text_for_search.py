from django.db import migrations

from plans.oversight.search_index import KeepSearch


class Migration(migrations.Migration):
    dependencies = [("plans", "0009_let_people_in_and_chase")]

    operations = [
        KeepSearch("plans_action"),
        KeepSearch("plans_area"),
        KeepSearch("plans_update"),
        KeepSearch("plans_evidence"),
    ]
