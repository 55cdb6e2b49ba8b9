from django.db import migrations

from plans.audit.append_only import KeepAppendOnly


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_create_tables")]

    operations = [KeepAppendOnly("plans_update"), KeepAppendOnly("plans_event")]
