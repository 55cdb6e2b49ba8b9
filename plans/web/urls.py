"""Every route, in flow order."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from plans.web.views import actions, documents, findings, measures, oversight, papers, plans, signing_in

urlpatterns = [
    path("", signing_in.start, name="start"),
    path("sign-in/", signing_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("inspections/", findings.inspections, name="inspections"),
    path("inspections/<int:pk>/", findings.inspection, name="inspection"),
    path("plans/", plans.plans, name="plans"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/add-action/", plans.add, name="add_action"),
    path("my-actions/", actions.my_actions, name="my_actions"),
    path("actions/<int:pk>/", actions.action, name="action"),
    path("actions/<int:pk>/update/", actions.update, name="update_action"),
    path("actions/<int:pk>/no-change/", actions.no_change, name="no_change"),
    path("actions/<int:pk>/amend/", plans.amend, name="amend_action"),
    path("actions/<int:pk>/decide/", oversight.decide, name="decide_action"),
    path("evidence/<int:pk>/", actions.evidence, name="evidence"),
    path("evidence/<int:pk>/accept/", actions.accept, name="accept_evidence"),
    path("measures/", measures.measures, name="measures"),
    path("measures/<int:pk>/", measures.measure, name="measure"),
    path("overdue/", oversight.overdue, name="overdue"),
    path("plans/<int:pk>/paper.docx", papers.word, name="plan_word"),
    path("plans/<int:pk>/paper.csv", papers.csv, name="plan_csv"),
]
