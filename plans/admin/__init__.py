"""The administrator's forms: one module a stage. Every write to an action goes through the ledger."""

from plans.admin import access, audit, findings, improvement_plan, monitoring, oversight, papers

__all__ = ["access", "audit", "findings", "improvement_plan", "monitoring", "oversight", "papers"]
