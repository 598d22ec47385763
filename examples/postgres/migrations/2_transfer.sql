CREATE FUNCTION transfer(payer text, payee text, amount integer) RETURNS void
LANGUAGE sql AS $$
    UPDATE accounts SET balance = balance - amount WHERE owner = payer;
    UPDATE accounts SET balance = balance + amount WHERE owner = payee;
$$;
