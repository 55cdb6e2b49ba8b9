"""What was called a release so far was a copy that somebody downloaded: releases proper come next."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def rename_indexes(apps, schema_editor):
    """PostgreSQL leaves a renamed table its indexes' names, which the next table of the old name would take again."""
    if schema_editor.connection.vendor != 'postgresql':
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'plans_workingcopy' AND indexname LIKE 'plans\\_release%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER INDEX "{name}" RENAME TO "{name.replace("plans_release", "plans_workingcopy", 1)}"')


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0006_find_what_held_at_a_moment'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='release', name='release_audience_known'),
        migrations.RemoveConstraint(model_name='release', name='release_has_its_hash'),
        migrations.RenameModel('Release', 'WorkingCopy'),
        migrations.RunPython(rename_indexes, migrations.RunPython.noop, elidable=False),
        migrations.AlterModelOptions(
            name='workingcopy',
            options={'ordering': ['-made_at'], 'verbose_name_plural': 'working copies'},
        ),
        migrations.AddField(
            model_name='workingcopy',
            name='kind',
            field=models.CharField(choices=[('full_plan', 'Full plan'), ('cabinet', 'Cabinet report'), ('exceptions', 'Exceptions'), ('movement', 'What moved'), ('plan_on_a_page', 'Plan on a page'), ('board_pack', 'Board pack'), ('submission', 'Submission to the inspectorate'), ('young_people', 'Young people’s summary'), ('decisions', 'Decisions and challenges'), ('measures', 'Measures')], default='full_plan', max_length=20),
        ),
        migrations.AlterField(
            model_name='workingcopy',
            name='audience',
            field=models.CharField(choices=[('public', 'Public'), ('exempt', 'Exempt')], default='exempt', max_length=10),
        ),
        migrations.AlterField(
            model_name='workingcopy',
            name='plan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='working_copies', to='plans.plan'),
        ),
        migrations.AlterField(
            model_name='workingcopy',
            name='made_by',
            field=models.ForeignKey(blank=True, help_text='Empty where it was made from the command line.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='working_copies', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='workingcopy',
            constraint=models.CheckConstraint(condition=Q(audience__in=['public', 'exempt']), name='copy_audience_known'),
        ),
        migrations.AddConstraint(
            model_name='workingcopy',
            constraint=models.CheckConstraint(condition=~Q(content_hash=''), name='copy_has_its_hash'),
        ),
    ]
