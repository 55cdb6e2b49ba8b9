"""Routes of posts and their holders, of hand-overs, of explanations and of the trail."""

from django.urls import path

from plans.web.views import hand_over, posts, trail, why

people_routes = [
    path("posts/", posts.posts, name="posts"),
    path("posts/add/", posts.add, name="add_post"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/change/", posts.change, name="change_post"),
    path("posts/<int:pk>/holder/", posts.holder, name="change_holder"),
    path("posts/<int:pk>/deputies/add/", posts.deputy, name="add_deputy"),
    path("holdings/<int:pk>/end/", posts.end, name="end_holding"),
    path("people/<int:pk>/hand-over/", hand_over.hand_over, name="hand_over"),
    path("hand-overs/<int:pk>/", hand_over.handed_over, name="handed_over"),
    path("why/", why.why, name="why"),
    path("trail/", trail.trail, name="trail"),
    path("trail.csv", trail.trail_csv, name="trail_csv"),
]
