#include "api/routes.h"

#include <array>

namespace codman::api {
namespace {

constexpr Access kOpen = Access::kOpen, kSignedIn = Access::kSignedIn;
constexpr char kPredictExample[] =
    R"({"features": {"heart_rate": 112, "lactate": {"value": 31, "unit": "mg/dL"}}})";
constexpr char kReasonExample[] = R"({"reason": "better calibrated on our patients"})";

constexpr std::array<Route, 20> kRoutes = {{
    {"GET", "/health", kOpen, "", false, "Health of the program and its parts", "", GetHealth},
    {"GET", "/health/live", kOpen, "", false, "The process answers", "", GetLive},
    {"GET", "/health/ready", kOpen, "", false, "Ready to answer requests", "", GetHealth},
    {"GET", "/metrics", kSignedIn, "", false, "Prometheus text", "", GetMetrics},
    {"GET", "/openapi.json", kOpen, "", false, "This description", "", GetOpenApi},
    {"POST", "/api/v1/session", kOpen, "sign_in", false,
     "Exchanges the one-time code of the sign-in link for a session", R"({"code": "…"})",
     PostSession},
    {"GET", "/api/v1/session", kSignedIn, "", false, "Who is signed in", "", GetSession},
    {"GET", "/api/v1/status", kSignedIn, "data.read", true,
     "Counts of data, predictions and models", "", GetStatus},
    {"GET", "/api/v1/tasks", kSignedIn, "", false, "Clinical questions and their variants", "",
     GetTasks},
    {"GET", "/api/v1/tasks/{name}", kSignedIn, "", false,
     "One question with the schema of its form", "", GetTask},
    {"POST", "/api/v1/predict/{task}", kSignedIn, "", false,
     "One patient: risk with reasons, journalled before it is answered", kPredictExample,
     PostPredict},
    {"GET", "/api/v1/predictions", kSignedIn, "predictions.read", false, "History, newest first",
     "", GetPredictions},
    {"GET", "/api/v1/predictions/{id}", kSignedIn, "predictions.read", false,
     "One prediction as it was answered", "", GetPrediction},
    {"GET", "/api/v1/predictions/{id}/replay", kSignedIn, "predictions.replay", false,
     "Computes it again from the journalled vector", "", GetReplay},
    {"GET", "/api/v1/models", kSignedIn, "models.read", false, "Registered models", "", GetModels},
    {"GET", "/api/v1/models/{task}", kSignedIn, "models.read", false,
     "Versions, champions and history of a task", "", GetTaskModels},
    {"GET", "/api/v1/models/{task}/{version}", kSignedIn, "models.read", false,
     "One version: manifest, card, report", "", GetModel},
    {"GET", "/api/v1/models/{task}/{version}/report", kSignedIn, "models.read", false,
     "The evaluation report as a page", "", GetModelReport},
    {"POST", "/api/v1/models/{task}/{version}/activate", kSignedIn, "", false,
     "Puts a version live", kReasonExample, PostActivate},
    {"POST", "/api/v1/models/{task}/rollback", kSignedIn, "", false,
     "Puts the champion before the present one back", R"({"variant": "process", "reason": "…"})",
     PostRollback},
}};

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

}  // namespace codman::api
