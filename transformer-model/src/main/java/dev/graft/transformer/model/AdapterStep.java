package dev.graft.transformer.model;

import dev.graft.autograd.memory.Shapes;
import dev.graft.autograd.memory.Tensor;
import dev.graft.autograd.memory.Tiles;
import dev.graft.peft.spi.Parameter;
import dev.graft.peft.spi.Step;
import dev.graft.transformer.model.overlay.AdapterParameter;
import dev.graft.transformer.model.overlay.AdapterParameter.Kind;
import dev.graft.transformer.model.overlay.AdapterTensors;

/** A step as the method that is trained sees it: it can write its own tensors, and nothing else. */
record AdapterStep(AdapterTensors tensors, int index, int total, Tensor gradients) implements Step {
    @Override
    public float[] gradient(Parameter parameter) {
        AdapterParameter trained = own(parameter, Kind.TRAINED);
        long from = tensors.offset(trained);
        return gradients.narrow(0, from, from + trained.length()).toArray();
    }

    @Override
    public float[] value(Parameter parameter) {
        return ((AdapterParameter) parameter).tensor().toArray();
    }

    @Override
    public void assign(Parameter parameter, float[] value) {
        AdapterParameter written = (AdapterParameter) parameter;
        if (written.kind() != Kind.STATE) {
            own(parameter, Kind.TRAINED);
        }
        if (value.length != written.length()) {
            throw new IllegalArgumentException(
                    value.length + " values do not fill " + written.name() + Shapes.text(written.shape()));
        }
        Tiles.write(value, written.tensor());
    }

    private static AdapterParameter own(Parameter parameter, Kind kind) {
        AdapterParameter own = (AdapterParameter) parameter;
        if (own.kind() != kind) {
            throw new IllegalArgumentException("tensor " + own.name() + " is not trained");
        }
        return own;
    }
}
