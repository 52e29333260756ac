#include <cmath>
#include <utility>

#include "base/text.h"
#include "models/expected_gradients_internal.h"
#include "models/mlp_model_internal.h"
#include "models/safetensors.h"

namespace codman::models {
namespace {

constexpr std::string_view kFormat = "codman-mlp-1";
constexpr const char* kDescription = "codman";  // the metadata entry

class MlpModel : public Model {
 public:
  MlpModel(Network network, std::string_view bytes)
      : network_(std::move(network)), gradients_(network_), bytes_(bytes) {}

  std::string_view family() const override { return "mlp"; }
  Objective objective() const override { return network_.objective; }
  const std::vector<std::string>& feature_names() const override { return network_.feature_names; }
  int num_outputs() const override { return static_cast<int>(network_.num_outputs()); }
  ExplanationMethod explanation_method() const override { return {"expected_gradients", false}; }

  void Predict(std::span<const double> rows, std::span<double> margins) const override {
    size_t features = network_.feature_names.size(), outputs = network_.num_outputs();
    CHECK(rows.size() * outputs == margins.size() * features);
    std::vector<double> inputs(network_.num_inputs());
    for (size_t r = 0; r * features < rows.size(); ++r) {
      EncodeRow(network_, rows.subspan(r * features, features), inputs.data());
      MarginsOfInputs(network_, inputs.data(), margins.data() + r * outputs);
    }
  }

  void Explain(std::span<const double> rows, std::span<double> contributions) const override {
    size_t features = network_.feature_names.size();
    size_t lines = network_.num_outputs() * (features + 1);
    CHECK(rows.size() / features * lines == contributions.size());
    for (size_t r = 0; r * features < rows.size(); ++r) {
      gradients_.Explain(rows.subspan(r * features, features),
                         contributions.subspan(r * lines, lines));
    }
  }

  std::string weights_file_name() const override { return "weights.safetensors"; }
  const std::string& weights() const override { return bytes_; }

  Json Describe() const override {
    int64_t parameters = 0;
    Json units = Json::Array(std::vector<Json>{});
    for (const NetworkLayer& layer : network_.layers) {
      parameters += static_cast<int64_t>(layer.weights.size() + layer.biases.size());
      units.Add(static_cast<int64_t>(layer.outputs));
    }
    Json description;
    description.Set("parameters", parameters);
    description.Set("units", std::move(units));
    description.Set("features", static_cast<int64_t>(network_.feature_names.size()));
    description.Set("background_rows", static_cast<int64_t>(network_.num_background()));
    description.Set("settings", network_.settings);
    return description;
  }

 private:
  Network network_;
  ExpectedGradients gradients_;
  std::string bytes_;
};

std::string NameOfLayer(size_t layer, const char* part) {
  return format("layer{}.{}", layer, part);
}

std::vector<float> Narrow(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

std::vector<double> Widen(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

template <typename T>
Tensor MakeTensor(std::vector<T> values, std::vector<size_t> shape) {
  return {{shape.begin(), shape.end()}, std::move(values)};
}

// All numbers finite, as many as `shape` says.
template <typename T>
Result<std::vector<T>> Take(const Safetensors& file, const std::string& name,
                            std::vector<size_t> shape) {
  auto found = file.tensors.find(name);
  if (found == file.tensors.end())
    return base::InvalidInput(format("the network has no tensor '{}'", name));
  const auto* values = std::get_if<std::vector<T>>(&found->second.values);
  if (values == nullptr || found->second.shape != std::vector<int64_t>(shape.begin(), shape.end()))
    return base::InvalidInput(format("tensor '{}' of the network has another shape", name));
  for (T value : *values) {
    if (!std::isfinite(value))
      return base::InvalidInput(format("tensor '{}' of the network is not finite", name));
  }
  return *values;
}

Result<> ReadDescription(const Json& json, Network* network) {
  auto objective = ParseObjective(json["objective"].AsString());
  if (json["format"].AsString() != kFormat || !objective)
    return base::InvalidInput(format("the weights are not of the format '{}'", kFormat));
  network->objective = *objective;
  for (const Json& name : json["features"].items())
    network->feature_names.push_back(name.AsString());
  double features = static_cast<double>(network->feature_names.size());
  if (features == 0) return base::InvalidInput("the network has no feature");
  for (const Json& indicator : json["indicators"].items()) {
    double feature = indicator.AsDouble(-1);
    if (!(feature >= 0 && feature < features) || feature != std::trunc(feature))
      return base::InvalidInput("an indicator of the network names a feature that is not there");
    network->indicators.push_back(static_cast<int32_t>(feature));
  }
  network->output_scale = json["output_scale"].AsDouble(1);
  network->output_shift = json["output_shift"].AsDouble(0);
  network->settings = json["settings"];
  return {};
}

// The number of values of a tensor's first extent.
Result<size_t> ExtentOf(const Safetensors& file, const std::string& name) {
  auto found = file.tensors.find(name);
  if (found == file.tensors.end() || found->second.shape.empty() || found->second.shape[0] < 1)
    return base::InvalidInput(format("the network has no tensor '{}'", name));
  return static_cast<size_t>(found->second.shape[0]);
}

Result<> ReadLayers(const Safetensors& file, Network* network) {
  size_t inputs = network->num_inputs();
  for (size_t l = 0; l < 3; ++l) {
    NetworkLayer& layer = network->layers[l];
    layer.inputs = inputs;
    layer.outputs = TRY(ExtentOf(file, NameOfLayer(l + 1, "bias")));
    layer.biases = Widen(TRY(Take<float>(file, NameOfLayer(l + 1, "bias"), {layer.outputs})));
    layer.weights =
        Widen(TRY(Take<float>(file, NameOfLayer(l + 1, "weight"), {layer.inputs, layer.outputs})));
    inputs = layer.outputs;
  }
  bool several = network->objective == Objective::kMulticlass;
  if (inputs < (several ? 2 : 1) || inputs > (several ? kMaxClasses : 1))
    return base::InvalidInput("the network has another number of outputs than its objective takes");
  return {};
}

}  // namespace

std::string NetworkToBytes(const Network& network) {
  Safetensors file;
  size_t features = network.feature_names.size();
  file.tensors["input.mean"] = MakeTensor(network.means, {features});
  file.tensors["input.sd"] = MakeTensor(network.sds, {features});
  file.tensors["background"] =
      MakeTensor(network.background, {network.num_background(), network.num_inputs()});
  for (size_t l = 0; l < 3; ++l) {
    const NetworkLayer& layer = network.layers[l];
    file.tensors[NameOfLayer(l + 1, "weight")] =
        MakeTensor(Narrow(layer.weights), {layer.inputs, layer.outputs});
    file.tensors[NameOfLayer(l + 1, "bias")] = MakeTensor(Narrow(layer.biases), {layer.outputs});
  }
  Json description;
  description.Set("format", kFormat);
  description.Set("objective", NameOf(network.objective));
  description.Set("features", Json::Array(network.feature_names));
  description.Set("indicators", Json::Array(std::vector<double>(network.indicators.begin(),
                                                                network.indicators.end())));
  description.Set("output_scale", network.output_scale);
  description.Set("output_shift", network.output_shift);
  description.Set("settings", network.settings);
  file.metadata[kDescription] = description.ToString();
  return file.ToBytes();
}

Result<std::unique_ptr<Model>> LoadMlpModel(std::string_view bytes) {
  Safetensors file = TRY(ReadSafetensors(bytes));
  Network network;
  TRY(ReadDescription(TRY(base::ParseJson(file.metadata[kDescription])), &network));
  size_t features = network.feature_names.size();
  network.means = TRY(Take<double>(file, "input.mean", {features}));
  network.sds = TRY(Take<double>(file, "input.sd", {features}));
  for (double sd : network.sds) {
    if (!(sd > 0)) return base::InvalidInput("a standard deviation of the network is not positive");
  }
  TRY(ReadLayers(file, &network));
  size_t background = TRY(ExtentOf(file, "background"));
  network.background = TRY(Take<float>(file, "background", {background, network.num_inputs()}));
  return std::unique_ptr<Model>(std::make_unique<MlpModel>(std::move(network), bytes));
}

}  // namespace codman::models
