package dev.graft.training.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** ROUGE-L and BLEU are those of Python's packages: parity/make_text_metric_fixtures.py made the expectations. */
class TextMetricsTest {
    @Test
    void scoresAreThoseOfPython() throws Exception {
        JsonNode known = new ObjectMapper()
                .readTree(Path.of("src/test/resources/parity/text-metrics.json").toFile());
        for (JsonNode corpus : known.get("corpora")) {
            Bleu bleu = new Bleu();
            RougeL rouge = new RougeL();
            double sum = 0;
            for (int i = 0; i < corpus.get("texts").size(); i++) {
                String text = corpus.get("texts").get(i).textValue();
                String reference = corpus.get("references").get(i).textValue();
                bleu.add(text, reference);
                rouge.add(text, reference);
                sum += corpus.get("rouge_l").get(i).doubleValue();
                assertEquals(
                        corpus.get("rouge_l").get(i).doubleValue(), RougeL.score(text, reference), 1e-9, reference);
            }
            assertEquals(corpus.get("bleu").doubleValue(), bleu.score(), 1e-6, corpus.toString());
            assertEquals(sum / corpus.get("texts").size(), rouge.mean(), 1e-9);
        }
    }

    @Test
    void severalReferencesCountAsInPython() throws Exception {
        JsonNode known = new ObjectMapper()
                .readTree(Path.of("src/test/resources/parity/text-metrics.json").toFile());
        for (JsonNode corpus : known.get("several")) {
            Bleu bleu = new Bleu();
            for (int i = 0; i < corpus.get("texts").size(); i++) {
                String text = corpus.get("texts").get(i).textValue();
                List<String> right = new ArrayList<>();
                corpus.get("references").get(i).forEach(one -> right.add(one.textValue()));
                bleu.add(text, right);
                assertEquals(corpus.get("rouge_l").get(i).doubleValue(), RougeL.score(text, right), 1e-9, text);
            }
            assertEquals(corpus.get("bleu").doubleValue(), bleu.score(), 1e-6, corpus.toString());
        }
    }

    @Test
    void theSameTextIsTheBest() {
        Bleu bleu = new Bleu();
        bleu.add("one two three four five", "one two three four five");
        assertEquals(100, bleu.score(), 1e-9);
        assertEquals(1, RougeL.score("One two", "one, two!"));
        assertEquals(0, new Bleu().score());
        assertEquals(0, new RougeL().mean());
    }
}
