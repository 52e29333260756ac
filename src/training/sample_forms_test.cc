#include <gmock/gmock.h>

#include "models/catalog.h"
#include "training/run_testing_internal.h"
#include "training/sample_forms_internal.h"

// Expected values by hand: medians of planted rows; middles of reference ranges and what lies
// beyond them by the rule of sample_forms.cc.
namespace codman::training {
namespace {

using testing::ElementsAre;

constexpr char kConcepts[] = R"(concepts:
  - {name: lactate, unit: mmol/L, range: [0, 30], reference: [0.5, 2], worst: high}
  - {name: sex, unit: "1", range: [0, 1], words: [female, male]}
)";
constexpr char kFeatures[] = R"(name: planted
defaults: {aggregate: last, window: ever, null_policy: missing}
features:
  - {id: lactate, concept: lactate}
  - {id: sex, concept: sex}
  - {id: twice, expression: 2 * lactate, unit: mmol/L}
)";

class SampleFormsTest : public testing::Test {
 protected:
  // Lactate is `with` where the event follows, else 1; most are women.
  static Json Forms(double with) {
    PlantedRun planted(
        kFeatures, {}, 100,
        [&](std::mt19937* engine, std::vector<double>* values) {
          double label = Uniform(engine) < 0.5 ? 1 : 0;
          double lactate = label > 0 ? with : 1;
          values->insert(values->end(), {lactate, Uniform(engine) < 0.3 ? 1.0 : 0.0, 2 * lactate});
          return label;
        },
        kConcepts);
    std::vector<uint8_t> all(planted.run().offline.rows.label.size(), 1);
    auto model = FitOn({.learner = "logistic", .seed = 1}, planted.run().offline.matrix.get(), all,
                       planted.run().offline.rows.label);
    EXPECT_TRUE(model.ok()) << model.error().ToString();
    auto forms = SampleForms(planted.run(), **model, all);
    EXPECT_TRUE(forms.ok()) << forms.error().ToString();
    return forms.ok() ? *forms : Json();
  }
  static std::vector<std::string> NamesOf(const Json& forms) {
    std::vector<std::string> names;
    for (const auto& form : forms.items()) names.push_back(form["name"].AsString());
    return names;
  }
};

TEST_F(SampleFormsTest, ThePairThatTheModelTellsFurtherApartIsTaken) {
  // The middles of the rows, 1 and 9, are further apart than usual and ill are.
  Json of_rows = Forms(9);
  EXPECT_THAT(NamesOf(of_rows), ElementsAre("Without the event", "With the event"));
  EXPECT_EQ(of_rows.items()[0]["features"].ToString(), R"({"lactate":1,"sex":"female"})");
  EXPECT_EQ(of_rows.items()[1]["features"].ToString(), R"({"lactate":9,"sex":"female"})");
  // Here they are not; 2.9 lies 0.6 ranges beyond 2.
  Json made_up = Forms(1.01);
  EXPECT_THAT(NamesOf(made_up), ElementsAre("Usual values", "Very ill"));
  EXPECT_EQ(made_up.items()[0]["features"].ToString(), R"({"lactate":1.25,"sex":"female"})");
  EXPECT_EQ(made_up.items()[1]["features"].ToString(), R"({"lactate":2.9,"sex":"female"})");
}

}  // namespace
}  // namespace codman::training
